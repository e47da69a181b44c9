import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from './errors.ts'
import type { Frozen, Part } from './storage.ts'

/** What a frozen folder holds, in order. The object is frozen once this file exists. */
export interface Manifest {
  /** The upload that it came from, so that a repeated `finish` knows its own work. */
  readonly id: string
  readonly etag: string
  readonly parts: readonly Part[]
}

const NAME = 'object.json'

export const bytesOf = (manifest: Manifest) => manifest.parts.reduce((sum, { bytes }) => sum + bytes, 0)

export const frozenOf = (key: string, manifest: Manifest): Frozen => ({
  key,
  etag: manifest.etag,
  bytes: bytesOf(manifest)
})

export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const draft = join(folder, `${NAME}.new`)
  const file = await open(draft, 'w')
  try {
    await file.writeFile(JSON.stringify(manifest))
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(draft, join(folder, NAME))
}

export async function readManifest(folder: string): Promise<Manifest | null> {
  try {
    return JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Manifest
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

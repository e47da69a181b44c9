import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from './errors.ts'
import { readStagedPart, SINGLE, WHOLE } from './staged-part.ts'
import type { Frozen, Part } from './storage.ts'

/** What a frozen folder holds, in order. An object of parts is frozen once this file exists; that of one PUT has none. */
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

/** Throws MediaChanged where the bytes of one PUT were cut. */
export async function readManifest(folder: string): Promise<Manifest | null> {
  const whole = await readStagedPart(folder, WHOLE)
  if (whole) return { id: SINGLE, etag: whole.etag, parts: [whole] }
  try {
    return JSON.parse(await readFile(join(folder, NAME), 'utf8')) as Manifest
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as engine from '../../src/deliveries/engine.ts'
import * as machine from '../../src/deliveries/machine.ts'

/** The code that is simulated. */
export type Subject = typeof engine & typeof machine

export const realSubject: Subject = { ...machine, ...engine }

/** A text of the source and what stands in its place once a rule is taken away. */
export interface Substitution {
  readonly file: 'machine.ts' | 'engine.ts' | 'outcomes.ts' | 'delivery.ts'
  readonly from: string
  readonly to: string
}

const SOURCE = new URL('../../src/deliveries/', import.meta.url)
/** Inside the package, so that its imports of other packages resolve. */
const COPIES = fileURLToPath(new URL('../../.test/', import.meta.url))
const FILES = ['delivery.ts', 'outcomes.ts', 'machine.ts', 'engine.ts'] as const

/** Loads a copy of the machine and the engine with a rule taken away. Throws when a text is not there exactly once: the rule has moved. */
export async function mutate(substitutions: readonly Substitution[]): Promise<Subject> {
  await mkdir(COPIES, { recursive: true })
  const folder = await mkdtemp(join(COPIES, 'mutation-'))
  try {
    for (const file of FILES) await cp(new URL(file, SOURCE), join(folder, file))
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    for (const { file, from, to } of substitutions) {
      const text = await readFile(join(folder, file), 'utf8')
      const found = text.split(from).length - 1
      if (found !== 1) throw new Error(`${file} holds this text ${found} times, not once: ${from}`)
      await writeFile(
        join(folder, file),
        text.replace(from, () => to)
      )
    }
    const load = (file: string) => import(pathToFileURL(join(folder, file)).href)
    return { ...(await load('machine.ts')), ...(await load('engine.ts')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

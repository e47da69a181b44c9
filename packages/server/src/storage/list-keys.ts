import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf } from './errors.ts'
import { type Folders, isKey } from './folders.ts'
import type { StoredKey } from './storage.ts'

/** Every key of the local store, a workspace at a time; one that is staged and frozen is told twice. */
export async function* listKeys({ root }: Folders): AsyncGenerator<StoredKey> {
  for (const state of ['staged', 'frozen']) {
    for (const tenant of await namesIn(join(root, state))) {
      for (const file of await namesIn(join(root, state, tenant))) {
        const key = `${tenant}/${file}`
        const changedAt = isKey(key) ? await changeOf(join(root, state, tenant, file)) : undefined
        if (changedAt) yield { key, changedAt }
      }
    }
  }
}

/** A folder's own time does not tell what arrived in the folders within it. */
async function changeOf(folder: string): Promise<Date | undefined> {
  const inner = (await namesIn(folder)).slice(0, 100).map(name => join(folder, name))
  const times = await Promise.all(
    [folder, ...inner].map(path => stat(path).then(found => found.mtimeMs, ignoreAbsence))
  )
  return times[0] === 0 ? undefined : new Date(Math.max(...times))
}

const namesIn = (folder: string): Promise<string[]> =>
  readdir(folder).catch(error => {
    ignoreAbsence(error)
    return []
  })

function ignoreAbsence(error: unknown): 0 {
  if (codeOf(error) !== 'ENOENT' && codeOf(error) !== 'ENOTDIR') throw error
  return 0
}

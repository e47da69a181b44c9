import { randomUUID } from 'node:crypto'
import { openAsBlob } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { isAlive, type ListedStore, type UploadRecord } from './upload/store.ts'

/** A file of this machine as `upload` takes it, known by its name and time. It is read piece by piece, when it is sent. */
export async function openFile(path: string): Promise<File> {
  const { mtimeMs } = await stat(path)
  return new File([await openAsBlob(path)], basename(path), { lastModified: Math.floor(mtimeMs) })
}

/** Remembers unfinished uploads in a folder, so that the next start of the program goes on with them. */
export function fileStore(folder: string): ListedStore {
  const pathOf = (key: string) => join(folder, `${key.replace(/\W/g, '')}.json`)

  async function read(path: string): Promise<UploadRecord | undefined> {
    const record = await readFile(path, 'utf8')
      .then(JSON.parse)
      .catch(() => undefined)
    if (record !== undefined && isAlive(record)) return record
    await rm(path, { force: true })
    return undefined
  }

  return {
    load: key => read(pathOf(key)),
    async save(record) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      // Under its name it is whole at any time.
      const draft = join(folder, `${randomUUID()}.draft`)
      await writeFile(draft, JSON.stringify(record), { mode: 0o600 })
      await rename(draft, pathOf(record.key))
    },
    remove: key => rm(pathOf(key), { force: true }),
    async list() {
      const names = await readdir(folder).catch(() => [])
      const records = await Promise.all(
        names.filter(name => name.endsWith('.json')).map(name => read(join(folder, name)))
      )
      return records
        .filter(record => record !== undefined)
        .sort((one, other) => other.startedAt.localeCompare(one.startedAt))
    }
  }
}

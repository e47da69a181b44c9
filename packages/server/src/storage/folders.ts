import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { codeOf } from './errors.ts'
import { SINGLE } from './staged-part.ts'

/**
 * The folders of the local store, all on one file system, so that a rename moves any amount of bytes at once:
 *   incoming/<random>                  being written; no address leads here
 *   staged/<tenant>/<file>/0           the finished PUT of an open session of one PUT
 *   staged/<tenant>/<file>/<id>/<n>    finished PUTs of an open session of many
 *   frozen/<tenant>/<file>/            0 alone, or object.json and its parts; no address writes here
 * The folder of a tenant, once made, stays.
 */
export interface Folders {
  readonly root: string
  incoming(): string
  staged(key: string, id?: string): string
  frozen(key: string): string
  /** Makes the tenant's folder that `path`, of a key, lies in; its own name survives a power cut then. */
  prepare(path: string): Promise<void>
}

const KEY = /^[A-Za-z0-9_-]{1,128}\/[A-Za-z0-9_-]{1,128}$/
const ID = /^[a-z0-9-]{1,64}$/
export const isKey = (key: string) => KEY.test(key)

export async function openFolders(root: string): Promise<Folders> {
  for (const name of ['incoming', 'staged', 'frozen']) await mkdir(join(root, name), { recursive: true })
  await syncFolders([root])
  // That a folder is there does not tell that its name is on the disk: each process makes sure of it once.
  const safe = new Map<string, Promise<void>>()
  const makeSafe = async (tenant: string) => {
    await mkdir(tenant, { recursive: true })
    await syncFolders([dirname(tenant)])
  }
  const inside = (folder: string, key: string) => {
    if (!isKey(key)) throw new RangeError(`not a storage key: ${key}`)
    return join(root, folder, key)
  }
  return {
    root,
    incoming: () => join(root, 'incoming', randomUUID()),
    staged(key, id) {
      const folder = inside('staged', key)
      // One PUT has no folder of its own in it: freezing would have to remove what is left, and that is slow.
      if (id === undefined || id === SINGLE) return folder
      if (!ID.test(id)) throw new RangeError(`not an upload id: ${id}`)
      return join(folder, id)
    },
    frozen: key => inside('frozen', key),
    prepare(path) {
      const tenant = dirname(path)
      const known = safe.get(tenant)
      if (known) return known
      const making = makeSafe(tenant)
      safe.set(tenant, making)
      making.catch(() => safe.delete(tenant))
      return making
    }
  }
}

/** Makes the names in these folders survive a power cut. */
export async function syncFolders(paths: readonly string[]): Promise<void> {
  // Windows cannot sync a folder, and does not need it.
  if (process.platform === 'win32') return
  await Promise.all(paths.map(syncFolder))
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  await handle.sync().finally(() => handle.close())
}

// EPERM is Windows' word for a taken name; elsewhere it is a fault of the installation.
const CANNOT_MOVE = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST', ...(process.platform === 'win32' ? ['EPERM'] : [])])

/** Moves a folder to a name that must be free. Returns false when the name is taken or there is nothing to move. */
export async function moveFolder(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to)
    return true
  } catch (error) {
    if (CANNOT_MOVE.has(codeOf(error) ?? '')) return false
    throw error
  }
}

/** Takes a folder away at once, whoever writes into it, and then deletes it. That there is none is fine. */
export async function removeFolder(folders: Folders, path: string): Promise<void> {
  const grave = folders.incoming()
  if (await moveFolder(path, grave)) await rm(grave, { recursive: true, force: true })
}

export const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false
  )

/** Removes what a killed process was writing: what has not grown for `seconds`. Returns how many. */
export async function sweepIncoming(folders: Folders, seconds: number): Promise<number> {
  const folder = join(folders.root, 'incoming')
  const before = Date.now() - seconds * 1000
  let count = 0
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    const inner = await readdir(path).catch(() => [])
    const times = await Promise.all(
      [path, ...inner.map(each => join(path, each))].map(each => stat(each).catch(() => null))
    )
    if (times.some(each => each !== null && each.mtimeMs > before)) continue
    await rm(path, { recursive: true, force: true })
    count++
  }
  return count
}

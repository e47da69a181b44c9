import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chown, mkdtemp, open, readFile, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { explainSpawnFailure } from './embedded-binaries.ts'
import { type Home, ROLE, spawnAs } from './embedded-home.ts'

const START_SECONDS = 10
/** Replaying the log after a crash may take long; it is waited for as long as the process lives. */
const RECOVERY_SECONDS = 600
const SOCKET_PATH_BYTES = 103
const CANNOT_CONNECT_NOW = '57P03'
const NEVER = new AbortController().signal

/** A running PostgreSQL, as its postmaster.pid tells. */
export interface Postmaster {
  readonly pid: number
  readonly port: number
  readonly socketDir: string
}

export const connectionTo = ({ socketDir, port }: Postmaster, database: string) =>
  ({ host: socketDir, port, user: ROLE, database }) satisfies pg.ClientConfig

export async function readPostmaster(data: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')
  const [pid, , , port, socketDir] = text.split('\n')
  return pid && port && socketDir ? { pid: Number(pid), port: Number(port), socketDir } : undefined
}

/** The server that runs on this data directory and takes connections, if there is one. */
export async function findReady(data: string): Promise<Postmaster | undefined> {
  const running = await readPostmaster(data)
  return running && (await probe(running, data)) === 'ready' ? running : undefined
}

export interface Start {
  /** The folder of its socket; left out: one that fits. */
  readonly socketDir?: string
  /** Ends the trying, and what is being started. */
  readonly signal?: AbortSignal
}

/**
 * Adopts the server that a killed predecessor left running, or starts one. A start that fails is tried again for 10 s:
 * PostgreSQL refuses while a process of the one before still holds its memory. Throws what went wrong, or that `signal` was given.
 */
export async function startPostmaster(
  home: Home,
  settings: readonly string[],
  { socketDir, signal = NEVER }: Start = {}
): Promise<Postmaster & { adopted: boolean }> {
  const giveUpAt = Date.now() + START_SECONDS * 1000
  for (;;) {
    const left = await waitWhileStarting(home.data, signal)
    signal.throwIfAborted()
    if (left) return { ...left, adopted: true }
    const failure = await launch(home, settings, socketDir ?? (await socketDirFor(home)), signal)
    signal.throwIfAborted()
    if (!failure) {
      const started = await readPostmaster(home.data)
      if (started) return { ...started, adopted: false }
    } else if (Date.now() > giveUpAt) {
      throw new Error(await explain(home, failure))
    }
    await sleep(100)
  }
}

/** Fast shutdown: clients are cut off. (SIGTERM would wait for them.) Resolves when it has let go of its data. */
export async function stopPostmaster(data: string, { pid, socketDir }: Postmaster): Promise<void> {
  sendSignal(pid, 'SIGINT')
  const insistAt = Date.now() + 3500
  let isPatient = true
  // The file goes last, and in a container nobody may reap the process: so both are asked.
  while (isAlive(pid) && (await readPostmaster(data))?.pid === pid) {
    if (isPatient && Date.now() > insistAt) {
      isPatient = false
      sendSignal(pid, 'SIGQUIT')
    }
    await sleep(10)
  }
  if (socketDir !== data && dirname(socketDir) === tmpdir()) await rm(socketDir, { recursive: true, force: true })
}

async function waitWhileStarting(data: string, signal: AbortSignal): Promise<Postmaster | undefined> {
  const giveUpAt = Date.now() + RECOVERY_SECONDS * 1000
  while (!signal.aborted) {
    const running = await readPostmaster(data)
    if (!running || !isAlive(running.pid)) return undefined
    const state = await probe(running, data)
    if (state === 'ready') return running
    if (state === 'absent' || Date.now() > giveUpAt) return undefined
    await sleep(20)
  }
}

/** Starts the server; answers what went wrong, or undefined when it takes connections. */
async function launch(
  home: Home,
  settings: readonly string[],
  socketDir: string,
  signal: AbortSignal
): Promise<string | undefined> {
  const log = await open(logPath(home), (await isLarge(logPath(home))) ? 'w' : 'a', 0o600)
  const options = ['listen_addresses=', `unix_socket_directories=${socketDir}`, 'log_checkpoints=off', ...settings]
  const child = spawn(
    join(home.binaries, 'bin/postgres'),
    ['-D', home.data, ...options.flatMap(option => ['-c', option])],
    {
      ...spawnAs(home.user),
      cwd: '/',
      // A group of its own: Ctrl-C in the terminal must reach us first, not the database.
      detached: true,
      stdio: ['ignore', log.fd, log.fd]
    }
  )
  child.unref()
  const failed = once(child, 'error').then(([error]) => {
    throw explainSpawnFailure(error as NodeJS.ErrnoException)
  })
  const exited = once(child, 'exit').then(([code, name]) => `it ended with ${name ?? `code ${code}`}`)
  const interrupt = () => child.kill('SIGINT')
  signal.addEventListener('abort', interrupt)
  try {
    return await Promise.race([failed, exited, waitUntilReady(child, home.data)])
  } finally {
    signal.removeEventListener('abort', interrupt)
    failed.catch(() => {})
    await log.close()
  }
}

async function waitUntilReady(child: ChildProcess, data: string): Promise<undefined> {
  while (child.exitCode === null && child.signalCode === null) {
    const running = await readPostmaster(data)
    if (running?.pid === child.pid && running && (await probe(running, data)) === 'ready') return undefined
    await sleep(10)
  }
  return new Promise(() => {})
}

async function probe(running: Postmaster, data: string): Promise<'ready' | 'starting' | 'absent'> {
  const client = new pg.Client({ ...connectionTo(running, 'postgres'), connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ at: string }>("select current_setting('data_directory') as at")
    return (await realpath(rows[0]?.at ?? '')) === (await realpath(data)) ? 'ready' : 'absent'
  } catch (error) {
    return (error as { code?: string }).code === CANNOT_CONNECT_NOW ? 'starting' : 'absent'
  } finally {
    await client.end().catch(() => {})
  }
}

/** The data directory itself, closed to others; a path too long for a socket gets a closed folder under the system's tmp. */
async function socketDirFor({ data, user }: Home): Promise<string> {
  if (Buffer.byteLength(join(data, '.s.PGSQL.5432')) <= SOCKET_PATH_BYTES) return data
  const folder = await mkdtemp(join(tmpdir(), 'upload24-postgres-'))
  if (user) await chown(folder, user.uid, user.gid)
  return folder
}

async function explain(home: Home, failure: string): Promise<string> {
  const log = await readFile(logPath(home), 'utf8').catch(() => '')
  const tail = log.trim().split('\n').slice(-5).join('\n  ')
  return `PostgreSQL did not start: ${failure}. The end of ${logPath(home)}:\n  ${tail}`
}

const logPath = ({ data }: Home): string => join(dirname(data), 'postgres.log')

const isLarge = (path: string): Promise<boolean> =>
  stat(path).then(
    ({ size }) => size > 5_000_000,
    () => false
  )

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function sendSignal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

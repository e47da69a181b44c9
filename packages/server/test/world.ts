import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after } from 'node:test'
import { makeFolder, until } from './processes.ts'
import { openWire } from './wire.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

const MAIN = join(import.meta.dirname, '../src/main.ts')

/** One process of the system. */
export interface Process {
  readonly name: string
  readonly child: ChildProcess
  /** The id by which it holds leases. Known once it is ready. */
  workerId(): string | undefined
  output(): string
  /** SIGKILL, or another signal; resolves when it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>
}

export type World = Awaited<ReturnType<typeof openWorld>>

/**
 * The system as child processes on one data folder: one with the role `api`, which has the sandbox, and workers.
 * Everybody reaches the API through a recorder, so that what workers send to the sandbox is known byte by byte.
 * `databaseUrl`: that database; left out: the embedded one of the data folder. `env`: variables of every process.
 */
export async function openWorld({ databaseUrl, env = {} }: { databaseUrl?: string; env?: NodeJS.ProcessEnv } = {}) {
  const folder = await makeFolder()
  const port = await freePort()
  const wire = await openWire(`http://127.0.0.1:${port}`)
  const running = new Set<Process>()
  // A file that fails while it is loaded has no `after`.
  process.once('exit', () => {
    for (const { child } of running) child.kill('SIGKILL')
  })
  after(async () => {
    await Promise.all([...running].map(each => (each.name === 'api' ? undefined : each.kill())))
    await Promise.all([...running].map(each => each.kill('SIGTERM')))
    await wire.close()
    await folder.remove()
  })

  async function start(name: string, roles: 'api' | 'worker' | 'api,worker'): Promise<Process> {
    const { PATH = '', HOME = '', NODE_COMPILE_CACHE = '' } = process.env
    const child = spawn(process.execPath, [MAIN], {
      env: {
        PATH,
        HOME,
        NODE_COMPILE_CACHE,
        NODE_ENV: 'test',
        ROLES: roles,
        DATA_DIR: folder.path,
        PORT: String(port),
        PUBLIC_URL: wire.base,
        SECRET_KEY: 'a secret of more than thirty-two characters',
        QUOTA_DEFAULT: '1000',
        LOG_LEVEL: 'debug',
        ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
        ...env
      },
      stdio: ['ignore', 'pipe', 'pipe']
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
    const ended = once(child, 'close')
    const started: Process = {
      name,
      child,
      workerId: () => /"worker":"([0-9a-f-]{36})"/.exec(output)?.[1],
      output: () => output,
      async kill(signal = 'SIGKILL') {
        child.kill(signal)
        await ended
        running.delete(started)
      }
    }
    running.add(started)
    const isReady = () => / is ready\b/.test(output)
    await until(
      () => isReady() || child.exitCode !== null,
      `${name} to be ready`,
      () => output
    )
    if (!isReady()) throw new Error(`${name} ended:\n${output}`)
    return started
  }

  /** A new user with a workspace. */
  async function signUp(): Promise<Workspace> {
    const anyone = openWorkspace(wire.base, '')
    const { accessToken } = await anyone.insist('POST', '/auth/sign-up', {
      email: `ada-${randomUUID()}@example.com`,
      password: 'correct horse battery',
      name: 'Ada',
      workspace: 'Engines'
    })
    return openWorkspace(wire.base, accessToken)
  }

  return { dataDir: folder.path, base: wire.base, wire, start, signUp }
}

/** Below those that a system gives to whoever asks for any: nobody else gets it before it is used, or while a process starts anew. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 32_000)
    const server = createServer()
    const isFree = await once(server.listen(port, '127.0.0.1'), 'listening').catch(() => false)
    if (!isFree) continue
    await once(server.close(), 'close')
    return port
  }
}

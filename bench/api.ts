/**
 * The API's own speed: `node bench/api.ts [rounds=3] [requests=2000] [connections=16] [customers=8]`. Ours, as `npm start` runs it, and bare
 * Fastify that makes the same SQL statements, on one PostgreSQL, in turns; the client is this process.
 * OURS_ARGS: arguments for our Node, such as --cpu-prof.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startDatabase } from '../packages/server/src/db/embedded.ts'
import { urlOf } from '../packages/server/test/database.ts'
import { makeFolder, until } from '../packages/server/test/processes.ts'
import { openWorkspace } from '../packages/server/test/workspace.ts'
import { freePort } from '../packages/server/test/world.ts'
import { aim, type Customer, each, type Target } from './api-load.ts'
import { type Plan, recordPlan } from './api-plan.ts'

const [rounds = 3, requests = 2000, connections = 16, customers = 8] = process.argv.slice(2).map(Number)
/** Of the server's pool. */
const POOL = 20
const SECRET = 'a secret of more than thirty-two characters'

const here = import.meta.dirname
const folder = await makeFolder()
const database = await startDatabase({ dataDir: join(folder.path, 'database'), database: { url: undefined } })
const children: ChildProcess[] = []
try {
  await compare()
} finally {
  await Promise.all(children.map(end))
  await database.stop()
  await folder.remove()
}

async function compare(): Promise<void> {
  const { child, base, record } = await startOurs()
  const who: Customer[] = []
  for (let i = 0; i < customers; i++) who.push(await signUp(base, i))
  const plan = await recordPlan(record, aim(base, 1), who, POOL)
  await end(child)
  const ours = await startOurs(false)
  const storage = { folder: join(folder.path, 'data/objects'), publicUrl: ours.base, secret: SECRET }
  const contenders = [
    { target: aim(ours.base, connections), hasStorage: true, figures: [] as Figures[] },
    await aimBare('bare', plan),
    await aimBare('prepared', { ...plan, isPrepared: true }),
    await aimBare('stored', { ...plan, isPrepared: true, storage })
  ]
  for (let round = -1; round < rounds; round++) {
    for (const { target, hasStorage, figures } of contenders) {
      const shot = await shoot(target, who, hasStorage)
      // The first is a warm-up.
      if (round >= 0) figures.push(shot)
    }
  }
  await Promise.all(contenders.map(({ target }) => target.close()))
  const [mine, ...others] = contenders.map(({ figures }) => medians(figures)) as [Figures, ...Figures[]]
  report(mine, others)
}

async function aimBare(name: string, plan: Plan) {
  const target = aim(await startBare(name, plan), connections)
  return { target, hasStorage: plan.storage !== undefined, figures: [] as Figures[] }
}

interface Figures {
  readonly presign: number
  readonly complete: number
  readonly both: number
  readonly status: number
}

/** Requests per second. The PUT between presign and complete is real where there is a storage, and not in the figures. */
async function shoot(target: Target, who: readonly Customer[], hasStorage: boolean): Promise<Figures> {
  const turns = Array.from({ length: requests }, (_, i) => who[i % who.length] as Customer)
  const opened = await each(turns, connections, target.presign)
  if (hasStorage) await each(opened.results, connections, target.put)
  const made = await each(opened.results, connections, target.complete)
  const status = await each(made.results, connections, target.status)
  return {
    presign: requests / opened.seconds,
    complete: requests / made.seconds,
    both: requests / (opened.seconds + made.seconds),
    status: requests / status.seconds
  }
}

function medians(all: readonly Figures[]): Figures {
  const median = (name: keyof Figures) => {
    const sorted = all.map(figures => figures[name]).sort((a, b) => a - b)
    return sorted[Math.floor(sorted.length / 2)] as number
  }
  return { presign: median('presign'), complete: median('complete'), both: median('both'), status: median('status') }
}

function report(ours: Figures, others: readonly Figures[]): void {
  const names = { presign: 'presign', complete: 'complete', both: 'presign + complete', status: 'status' }
  console.log(
    '| requests per second | Upload24 | bare Fastify, same SQL | ratio | prepared too | ratio | and the same storage calls | ratio |'
  )
  console.log('|---|---:|---:|---:|---:|---:|---:|---:|')
  for (const [key, name] of Object.entries(names) as [keyof Figures, string][]) {
    const beside = others.map(other => `${other[key].toFixed(0)} | ${(ours[key] / other[key]).toFixed(2)}`)
    console.log(`| ${name} | ${ours[key].toFixed(0)} | ${beside.join(' | ')} |`)
  }
}

async function startOurs(isRecording = true) {
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const record = join(folder.path, 'statements')
  writeFileSync(record, '')
  const { PATH = '', HOME = '' } = process.env
  const args = [
    ...(isRecording ? ['--import', join(here, 'api-record.ts')] : []),
    ...(process.env.OURS_ARGS?.split(' ') ?? [])
  ]
  const child = await startChild([...args, join(here, '../packages/server/src/main.ts')], {
    PATH,
    HOME,
    NODE_ENV: 'production',
    SANDBOX: 'on',
    SIGN_UP: 'open',
    ROLES: 'api',
    SECRET_KEY: SECRET,
    DATA_DIR: join(folder.path, 'data'),
    DATABASE_URL: urlOf(database.connection),
    PORT: String(port),
    PUBLIC_URL: base,
    SQL_RECORD: record
  })
  return { child, base, record }
}

async function startBare(name: string, plan: object): Promise<string> {
  const port = await freePort()
  const file = join(folder.path, `${name}.json`)
  writeFileSync(file, JSON.stringify(plan))
  const { PATH = '', HOME = '' } = process.env
  await startChild([join(here, 'api-bare.ts'), file, urlOf(database.connection), String(port)], { PATH, HOME })
  return `http://127.0.0.1:${port}`
}

async function startChild(args: readonly string[], env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  let isReady = false
  child.stdout.on('data', text => {
    isReady ||= /\bready\b/.test(String(text))
  })
  await until(() => isReady || child.exitCode !== null, 'a server to be ready')
  if (!isReady) throw new Error('a server ended before it was ready')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'close')
}

async function signUp(base: string, number: number): Promise<Customer> {
  const { accessToken } = await openWorkspace(base, '').insist('POST', '/auth/sign-up', {
    email: `ada${number}@example.com`,
    password: 'correct horse battery',
    name: 'Ada',
    workspace: 'Benchmark'
  })
  const ada = openWorkspace(base, accessToken)
  return { account: await ada.link(), key: await ada.makeKey() }
}

/**
 * Bytes out: `node bench/fanout.ts [rounds=3] [MiB=1024] [targets=5] [only=.]`. One upload to several YouTube accounts at once, by a real worker
 * (a process of its own, on the embedded PostgreSQL), and the same file with bare undici, in turns. Two receivers: one that counts bytes and does
 * nothing else, and the sandbox, which stores and hashes them. Linux only. WORKER_ARGS: arguments for the worker's Node, such as --cpu-prof.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { openAsBlob } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { openTokens, type StoredTokens, sealTokens } from '../packages/server/src/accounts/grant.ts'
import { startDatabase } from '../packages/server/src/db/embedded.ts'
import { openDatabase } from '../packages/server/src/db/open.ts'
import { newId, publicId, readId } from '../packages/server/src/lib/ids.ts'
import { createSeal } from '../packages/server/src/lib/seal.ts'
import { urlOf } from '../packages/server/test/database.ts'
import { makeVideo } from '../packages/server/test/make-video.ts'
import { makeFolder, until } from '../packages/server/test/processes.ts'
import { isOver, openWorkspace } from '../packages/server/test/workspace.ts'
import { freePort } from '../packages/server/test/world.ts'
import type { Shot } from './fanout-raw.ts'
import { median, readProcess } from './process.ts'

const [rounds = 3, mebibytes = 1024, targets = 5] = process.argv.slice(2, 5).map(Number)
const only = new RegExp(process.argv[5] ?? '.')
const bytes = mebibytes * 2 ** 20
const SECRET = 'a secret of more than thirty-two characters'
const OPEN = '/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status'

interface Result {
  readonly seconds: number
  readonly cpu: number
  /** From before the first shot to the highest so far, MB. */
  readonly growth: number
}
interface Receiver {
  readonly name: string
  readonly accounts: readonly string[]
  /** The address of the platform's API. */
  readonly base: string
}

const here = import.meta.dirname
const folder = await makeFolder()
const children: ChildProcess[] = []
const database = await startDatabase({ dataDir: join(folder.path, 'database'), database: { url: undefined } })
const { pool, close } = await openDatabase(database.connection)
try {
  await compare()
} finally {
  await Promise.all(children.map(end))
  await close()
  await database.stop()
  await rm(folder.path, { recursive: true, force: true })
}

async function compare(): Promise<void> {
  const sink = await startChild([join(here, 'fanout-sink.ts')], {}, /http:\S+/)
  const env = await environment(sink.said)
  await startChild([join(here, '../packages/server/src/main.ts')], { ...env, ROLES: 'api' })
  const { accessToken } = await openWorkspace(env.PUBLIC_URL, '').insist('POST', '/auth/sign-up', {
    email: 'ada@example.com',
    password: 'correct horse battery',
    name: 'Ada',
    workspace: 'Benchmark'
  })
  const ada = openWorkspace(env.PUBLIC_URL, accessToken)
  const sandboxed: string[] = []
  for (let i = 0; i < targets; i++) sandboxed.push(await ada.link(i))
  const receivers: Receiver[] = [
    { name: 'counting receiver', accounts: await insertAccounts(sandboxed[0] as string), base: sink.said },
    { name: 'sandbox', accounts: sandboxed, base: `${env.PUBLIC_URL}/sandbox/youtube/h/www.googleapis.com` }
  ].filter(({ name }) => only.test(name))
  const file = await makeFile()
  const lines: string[] = []
  for (const receiver of receivers) {
    const args = process.env.WORKER_ARGS?.split(' ') ?? []
    const worker = await startChild([...args, join(here, '../packages/server/src/main.ts')], {
      ...env,
      ROLES: 'worker'
    })
    const raw = await startChild([join(here, 'fanout-raw.ts')], {}, null)
    const shots = { ours: [] as Result[], raw: [] as Result[] }
    const cold = { ours: await readProcess(pidOf(worker)), raw: await readProcess(pidOf(raw)) }
    for (let round = -1; round < rounds; round++) {
      const upload = await accept(ada, receiver, file)
      const ours = await measure(worker, cold.ours.rss, () => deliver(upload))
      const shot = await aim(receiver, upload)
      const theirs = await measure(raw, cold.raw.rss, () => shoot(raw, shot))
      await ada.waitFor(upload, isOver, () => sleep(100))
      await ada.insist('DELETE', `/api/upload/${upload}`)
      await rm(shot.file, { force: true })
      await ada.insist('DELETE', '/sandbox/youtube/posts')
      // The first is a warm-up: its memory counts, its time does not.
      if (round < 0) continue
      shots.ours.push(ours)
      shots.raw.push(theirs)
    }
    await end(worker.child)
    await end(raw.child)
    lines.push(...rowsOf(receiver.name, shots))
  }
  console.log(`${mebibytes} MiB to ${targets} accounts at once, ${rounds} rounds, medians\n`)
  console.log(
    '| receiver | sender | MB/s in all | CPU s/GB | peak RSS growth, MB | ratio |\n|---|---|---:|---:|---:|---:|'
  )
  for (const line of lines) console.log(line)
}

function rowsOf(name: string, { ours, raw }: { ours: Result[]; raw: Result[] }): string[] {
  const speed = (results: Result[]) => median(results.map(({ seconds }) => (bytes * targets) / 1e6 / seconds))
  const row = (sender: string, results: Result[], ratio: string) => {
    const cpu = median(results.map(result => result.cpu / ((bytes * targets) / 1e9)))
    const growth = Math.max(...results.map(result => result.growth))
    return `| ${name} | ${sender} | ${speed(results).toFixed(0)} | ${cpu.toFixed(2)} | ${growth.toFixed(0)} | ${ratio} |`
  }
  return [row('Upload24', ours, (speed(ours) / speed(raw)).toFixed(2)), row('undici', raw, '')]
}

async function measure(one: Child, cold: number, work: () => Promise<number>): Promise<Result> {
  const pid = pidOf(one)
  const before = await readProcess(pid)
  const seconds = await work()
  const after = await readProcess(pid)
  return { seconds, cpu: after.cpu - before.cpu, growth: after.peak - cold }
}

/** From the moment at which they are due to that at which every byte is taken, by the rows. */
async function deliver(upload: string): Promise<number> {
  const id = readId('upload', upload)
  const start = process.hrtime.bigint()
  await pool.query('update deliveries set due_at = now(), ask_at = now() where upload_id = $1', [id])
  await pool.query('notify deliveries')
  for (;;) {
    const { rows } = await pool.query(
      `select count(*)::int as left, count(*) filter (where status = 'failed')::int as failed from deliveries
       where upload_id = $1 and stage <> 'committed' and status <> 'uploaded'`,
      [id]
    )
    if (rows[0].failed > 0) throw new Error('a delivery failed')
    if (rows[0].left === 0) return Number(process.hrtime.bigint() - start) / 1e9
    await sleep(10)
  }
}

async function shoot({ child, lines }: Child, shot: Shot): Promise<number> {
  child.stdin?.write(`${JSON.stringify(shot)}\n`)
  const { value, done } = await lines.next()
  if (done) throw new Error('bare undici ended')
  return Number(value)
}

/** An upload that waits for its time. */
async function accept(ada: ReturnType<typeof openWorkspace>, { accounts }: Receiver, file: string): Promise<string> {
  const form = new FormData()
  form.set('title', 'A film')
  for (const account of accounts) form.append('accounts', account)
  form.set('scheduledOn', new Date(Date.now() + 3_600_000).toISOString())
  form.set('file', await openAsBlob(file, { type: 'video/mp4' }), 'film.mp4')
  const { uploadId } = await ada.insist('POST', '/api/upload', form)
  return uploadId
}

/** The very file that our worker reads, and a session of the same account for each target. */
async function aim({ accounts, base }: Receiver, upload: string): Promise<Shot> {
  const { rows } = await pool.query(
    'select f.storage_key as key from uploads u join files f on f.id = u.file_id where u.id = $1',
    [readId('upload', upload)]
  )
  const { rows: grants } = await pool.query('select id, tokens from accounts where id = any($1)', [
    accounts.map(account => readId('account', account))
  ])
  const seal = createSeal([SECRET])
  return {
    file: join(folder.path, 'data/objects/frozen', rows[0].key, '1'),
    bytes,
    targets: grants.map(({ id, tokens }) => ({ open: base + OPEN, token: openTokens(seal, id, tokens).access }))
  }
}

/** Accounts of the real platform, which is the counting receiver here. */
async function insertAccounts(like: string): Promise<string[]> {
  const seal = createSeal([SECRET])
  await pool.query(`insert into apps (app) values ('youtube') on conflict do nothing`)
  const ids = Array.from({ length: targets }, newId)
  for (const id of ids) {
    const day = 86_400_000
    const tokens: StoredTokens = {
      access: `token-${id}`,
      scopes: [],
      issuedAt: new Date(),
      expiresAt: new Date(Date.now() + day)
    }
    await pool.query(
      `insert into accounts (id, tenant_id, platform, sandbox, auth, remote_id, display_name, handle, facts, scopes, status, tokens)
       select $1, tenant_id, platform, false, auth, $1::uuid::text, display_name, handle, facts, scopes, status, $2
       from accounts where id = $3`,
      [id, sealTokens(seal, id, tokens), readId('account', like)]
    )
  }
  return ids.map(id => publicId('account', id))
}

/** A true video whose rest is noise. */
async function makeFile(): Promise<string> {
  const path = join(folder.path, 'film.mp4')
  const head = makeVideo(2 ** 20)
  // The last box of the head is made as long as the file.
  head.writeUInt32BE(bytes - head.lastIndexOf('free') + 4, head.lastIndexOf('free') - 4)
  const file = await open(path, 'w')
  await file.write(head)
  for (let left = bytes - head.length; left > 0; left -= 2 ** 20) await file.write(randomBytes(Math.min(left, 2 ** 20)))
  await file.close()
  return path
}

async function environment(sink: string) {
  const { PATH = '', HOME = '' } = process.env
  const port = await freePort()
  return {
    PATH,
    HOME,
    NODE_ENV: 'production',
    SANDBOX: 'on',
    SIGN_UP: 'open',
    SECRET_KEY: SECRET,
    DATA_DIR: join(folder.path, 'data'),
    DATABASE_URL: urlOf(database.connection),
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    YOUTUBE_CLIENT_ID: 'bench',
    YOUTUBE_CLIENT_SECRET: 'bench',
    YOUTUBE_HOSTS: JSON.stringify({ 'www.googleapis.com': sink })
  }
}

interface Child {
  readonly child: ChildProcess
  readonly lines: AsyncIterator<string>
  /** What it printed when it was ready. */
  readonly said: string
}

/** `ready`: what it says then. Null: it says nothing. */
async function startChild(args: readonly string[], env: NodeJS.ProcessEnv, ready: RegExp | null = /\bready\b/) {
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  if (ready === null) return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), said: '' }
  let output = ''
  child.stdout.on('data', text => (output += text))
  await until(() => ready.test(output) || child.exitCode !== null, 'a process to be ready')
  const said = ready.exec(output)?.[0]
  if (said === undefined) throw new Error(`a process ended before it was ready: ${output}`)
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator](), said }
}

function pidOf({ child }: Child): number {
  return child.pid as number
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill()
  await once(child, 'close')
}

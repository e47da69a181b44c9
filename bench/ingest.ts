/**
 * Bytes in: `node bench/ingest.ts [rounds=3] [MiB=1024] [only=.]`. Every contender runs in its own process, alone, in turns; the
 * client is another process. Between two shots the disk is synced and what was stored is removed. Linux only.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, open, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import type { Shot } from './ingest-client.ts'
import { hasNginx, startNginx } from './ingest-nginx.ts'
import { median, readProcess } from './process.ts'

const rounds = Number(process.argv[2] ?? 3)
const bytes = Number(process.argv[3] ?? 1024) * 2 ** 20
const only = new RegExp(process.argv[4] ?? '.')

interface Contender {
  readonly name: string
  start(folder: string): Promise<{ child: ChildProcess; url: string }>
  aim(url: string): Promise<Shot>
}
interface Result {
  /** Until the answer, whatever is still only in the system's memory then. */
  readonly answered: number
  /** Until the answer and, after it, an fsync of what was stored: nearly nothing for who has synced before answering. */
  readonly onDisk: number
  readonly cpuPerGb: number
  readonly rssGrowthMb: number
}

const here = import.meta.dirname
async function startNode(kind: string, folder: string) {
  const child = spawn(process.execPath, [join(here, 'ingest-server.ts'), kind, folder], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: String(line).trim() }
}

const form =
  (path: string) =>
  async (url: string): Promise<Shot> => ({
    url: url + path,
    method: 'POST',
    headers: { 'Content-Type': 'multipart/form-data; boundary=------------------------d74496d66958873e' },
    before:
      '--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="title"\r\n\r\nSpring launch teaser\r\n' +
      '--------------------------d74496d66958873e\r\nContent-Disposition: form-data; name="file"; filename="video.mp4"\r\n' +
      'Content-Type: video/mp4\r\n\r\n',
    bytes,
    after: '\r\n--------------------------d74496d66958873e--\r\n'
  })
const plain = (url: string, method: string, headers: Record<string, string> = {}): Shot => ({
  url,
  method,
  headers,
  before: '',
  bytes,
  after: ''
})

async function aimPresigned(url: string): Promise<Shot> {
  const body = JSON.stringify({ bytes })
  const answer = await fetch(`${url}/sign`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const signed = (await answer.json()) as { url: string; headers: Record<string, string> }
  return plain(new URL(signed.url, url).href, 'PUT', signed.headers)
}

async function aimTus(url: string): Promise<Shot> {
  const headers = { 'Tus-Resumable': '1.0.0', 'Upload-Length': String(bytes) }
  const made = await fetch(`${url}/files`, { method: 'POST', headers })
  const more = { 'Tus-Resumable': '1.0.0', 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }
  return plain(made.headers.get('location') ?? '', 'PATCH', more)
}

const aimPut = async (url: string) => plain(`${url}/${randomUUID()}`, 'PUT')
const nginx = (name: string, buffer: string): Contender => ({
  name,
  start: folder => startNginx(folder, buffer),
  aim: aimPut
})
const node = (name: string, kind: string, aim: Contender['aim']): Contender => ({
  name,
  start: folder => startNode(kind, folder),
  aim
})

const NGINX = ['nginx DAV', 'nginx DAV, 1 MiB buffer'] as const
const contenders = [
  node('form upload', 'upload24', form('/form')),
  node('form upload, with SHA-256', 'upload24', form('/form-sha256')),
  node('presigned PUT', 'upload24', aimPresigned),
  ...(hasNginx() ? [nginx(NGINX[0], '16k'), nginx(NGINX[1], '1m')] : []),
  node('@tus/server', 'tus', aimTus),
  node('bare Node sink', 'sink', aimPut)
].filter(({ name }) => only.test(name))

async function shoot(shot: Shot): Promise<number> {
  const client = spawn(process.execPath, [join(here, 'ingest-client.ts'), JSON.stringify(shot)], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const { status, seconds, head } = (await json(client.stdout)) as { status: number; seconds: number; head: string }
  if (status < 200 || status > 299) throw new Error(`${shot.method} ${shot.url}: ${head}`)
  return seconds
}

async function runOnce({ start, aim }: Contender, root: string): Promise<Result> {
  const folder = join(root, randomUUID())
  await mkdir(folder)
  const { child, url } = await start(folder)
  const pid = child.pid ?? 0
  try {
    const cold = await readProcess(pid)
    // One shot to compile the code and fill the buffers; its memory counts, its time does not.
    await shoot(await aim(url))
    await empty(folder)
    spawnSync('sync')
    const before = await readProcess(pid)
    const seconds = await shoot(await aim(url))
    const after = await readProcess(pid)
    const syncing = await syncFiles(folder)
    return {
      answered: bytes / 1e6 / seconds,
      onDisk: bytes / 1e6 / (seconds + syncing),
      cpuPerGb: (after.cpu - before.cpu) / (bytes / 1e9),
      rssGrowthMb: after.peak - cold.rss
    }
  } finally {
    const gone = once(child, 'close')
    child.kill('SIGTERM')
    await gone
    await rm(folder, { recursive: true })
  }
}

async function listStored(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter(entry => entry.isFile() && !entry.name.startsWith('nginx.'))
  return files.map(({ parentPath, name }) => join(parentPath, name))
}

/** Removes stored files and leaves the folders, so that the server goes on. */
const empty = async (folder: string) => Promise.all((await listStored(folder)).map(path => rm(path)))

/** Returns the seconds that it took to have everything on the disk. */
async function syncFiles(folder: string): Promise<number> {
  const files = await Promise.all((await listStored(folder)).map(path => open(path, 'r+')))
  const stored = (await Promise.all(files.map(file => file.stat()))).reduce((sum, { size }) => sum + size, 0)
  if (stored < bytes) throw new Error(`${stored} bytes were stored of ${bytes}`)
  const start = process.hrtime.bigint()
  await Promise.all(files.map(file => file.sync()))
  const seconds = Number(process.hrtime.bigint() - start) / 1e9
  await Promise.all(files.map(file => file.close()))
  return seconds
}

const root = await mkdtemp(join(process.env.BENCH_DIR ?? here, '.ingest-'))
const results = new Map<string, Result[]>(contenders.map(({ name }) => [name, []]))
try {
  for (let round = 0; round < rounds; round++) {
    for (const contender of contenders) results.get(contender.name)?.push(await runOnce(contender, root))
  }
} finally {
  await rm(root, { recursive: true, force: true })
}

const of = (name: string, what: keyof Result) => median((results.get(name) ?? []).map(result => result[what]))
console.log(`${bytes / 2 ** 20} MiB, ${rounds} rounds, medians\n`)
console.log('| contender | MB/s until on disk | MB/s until answered | CPU s/GB | peak RSS growth, MB |')
console.log('|---|---:|---:|---:|---:|')
for (const { name } of contenders) {
  const [disk, answer] = [of(name, 'onDisk').toFixed(0), of(name, 'answered').toFixed(0)]
  console.log(
    `| ${name} | ${disk} | ${answer} | ${of(name, 'cpuPerGb').toFixed(2)} | ${of(name, 'rssGrowthMb').toFixed(0)} |`
  )
}

console.log('\n| goal | until on disk | until answered | wanted |\n|---|---:|---:|---:|')
function printRatio(ours: string, theirs: string, wanted: string) {
  if (!results.has(ours)) return
  if (!results.has(theirs)) return console.log(`| ${ours} ÷ ${theirs} | did not run here: skipped | | ${wanted} |`)
  const ratio = (what: keyof Result) => (of(ours, what) / of(theirs, what)).toFixed(2)
  console.log(`| ${ours} ÷ ${theirs} | ${ratio('onDisk')} | ${ratio('answered')} | ${wanted} |`)
}
for (const name of NGINX) printRatio('form upload', name, '≥ 1.0')
printRatio('form upload', '@tus/server', '≥ 2')
printRatio('presigned PUT', 'bare Node sink', '≥ 0.8')
const growth = Math.max(of('form upload', 'rssGrowthMb'), of('presigned PUT', 'rssGrowthMb'))
console.log(`| peak RSS growth, MB | ${growth.toFixed(0)} | | ≤ 64 |`)

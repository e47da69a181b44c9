/**
 * The pages: `node bench/dashboard.ts [rounds=10] [MiB=2048]`. Debian's Chromium against the real system on loopback: until Home is drawn with nothing in
 * the cache, until a click shows, and one large file over a line that breaks every few seconds. Linux only. CHROMIUM_PATH: another Chromium.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, globSync, readFileSync } from 'node:fs'
import { rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { startDatabase } from '../packages/server/src/db/embedded.ts'
import { openDatabase } from '../packages/server/src/db/open.ts'
import { readId } from '../packages/server/src/lib/ids.ts'
import { openDisk } from '../packages/server/src/storage/disk.ts'
import { openCutLine } from '../packages/server/test/cut-line.ts'
import { urlOf } from '../packages/server/test/database.ts'
import { makeVideo } from '../packages/server/test/make-video.ts'
import { makeFolder, until } from '../packages/server/test/processes.ts'
import { isOver, openWorkspace, type Workspace } from '../packages/server/test/workspace.ts'
import { freePort } from '../packages/server/test/world.ts'
import { buildDashboard } from '../scripts/build-dashboard.ts'
import { median, readProcess } from './process.ts'

const [rounds = 10, mebibytes = 2048] = process.argv.slice(2, 4).map(Number)
/** Bytes a second on each connection, and seconds from one break of all of them to the next. */
const SPEED = 30e6
const BREAK_EVERY = 3

/** In the page: when the last of Home's bands stands there, looked at with every frame. */
const UNTIL_DRAWN = `new Promise(resolve => {
  const look = () => {
    const text = document.body?.innerText ?? ''
    if (text.includes('Retry 1 failed account') && text.includes('Later 4')) resolve(performance.now())
    else requestAnimationFrame(look)
  }
  look()
})`

/** In the page: times the next press until the frame after the first change that follows it is painted. */
const WATCH = `void (globalThis.answered = new Promise(resolve => {
  addEventListener('pointerup', ({ timeStamp }) => {
    const observer = new MutationObserver(() => {
      observer.disconnect()
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)))
    })
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true })
  }, { once: true, capture: true })
}))`

await buildDashboard()
const folder = await makeFolder()
const database = await startDatabase({ dataDir: join(folder.path, 'database'), database: { url: undefined } })
const { pool, close } = await openDatabase(database.connection)
const line = await openCutLine()
let server: ChildProcess | undefined
let browser: Browser | undefined
try {
  const base = await startServer()
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-dev-shm-usage',
      `--host-resolver-rules=MAP ${new URL(base).host} ${new URL(line.base).host}`
    ]
  })
  const context = await browser.newContext({ baseURL: base, viewport: { width: 1280, height: 860 } })
  const answer = await context.request.post('/auth/sign-up', {
    data: { email: 'ada@example.com', password: 'correct horse battery', name: 'Ada', workspace: 'Benchmark' }
  })
  const ada = openWorkspace(base, (await answer.json()).accessToken)
  const failed = await fill(ada)
  const page = await context.newPage()
  const cdp = await context.newCDPSession(page)

  const first = await times(rounds, () => openHome(page, cdp))
  const clicks = await timeClicks(page, failed)
  console.log(`${rounds} rounds\n\n| what | p50 | max | wanted |\n|---|---:|---:|---:|`)
  console.log(row('Home drawn, cold cache, ms', first, '< 1000'))
  for (const [what, spans] of clicks) console.log(row(`${what}, ms`, spans, '≤ 100'))
  console.log(`| scripts before any page, kB gzip | ${(mainBundle() / 1000).toFixed(0)} | | ≤ 150 |`)
  await sendLarge(page, cdp, browser)
} finally {
  await browser?.close()
  if (server && server.exitCode === null) {
    server.kill()
    await once(server, 'close')
  }
  await line.close()
  await close()
  await database.stop()
  await rm(folder.path, { recursive: true, force: true })
}

function row(what: string, spans: readonly number[], wanted: string): string {
  return `| ${what} | ${median(spans).toFixed(0)} | ${Math.max(...spans).toFixed(0)} | ${wanted} |`
}

async function times(count: number, work: () => Promise<number>): Promise<number[]> {
  const spans: number[] = []
  // The first warms the server up and does not count.
  for (let round = -1; round < count; round++) {
    const span = await work()
    if (round >= 0) spans.push(span)
  }
  return spans
}

/** Something on every band of Home. Answers the id of an upload that fails again whenever it is tried again. */
async function fill(ada: Workspace): Promise<string> {
  const account = await ada.link()
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  for (let i = 0; i < 5; i++)
    await ada.upload([account], makeVideo(500_000, i), { title: `Later ${i}`, scheduledOn: tomorrow })
  await ada.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle', times: 1000 } })
  const { uploadId } = await ada.upload([account], makeVideo(500_000, 99), { title: 'Refused' })
  await ada.waitFor(uploadId, isOver)
  return uploadId
}

/** Milliseconds from the start of the navigation until all of Home stands there. */
async function openHome(page: Page, cdp: CDPSession): Promise<number> {
  await page.goto('about:blank')
  await cdp.send('Network.clearBrowserCache')
  await page.goto('/', { waitUntil: 'commit' })
  return Number(await page.evaluate(UNTIL_DRAWN))
}

/** From the press to the frame after the first change of the page. */
async function timeClicks(page: Page, failed: string): Promise<[string, number[]][]> {
  const spans = new Map<string, number[]>()
  const link = (name: string) => page.getByRole('link', { name })
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  async function press(what: string, on: ReturnType<Page['getByRole']>): Promise<void> {
    await on.waitFor()
    await page.evaluate(WATCH)
    await on.click()
    spans.set(what, [...(spans.get(what) ?? []), Number(await page.evaluate('answered'))])
  }
  for (let round = 0; round < rounds; round++) {
    await press('to Uploads', link('Uploads'))
    await page.locator(`a[href="/uploads/${failed}"]`).waitFor()
    await press('open an upload', page.locator(`a[href="/uploads/${failed}"]`).first())
    await press('retry an account', button('Retry 1 failed account'))
    await button('Retry 1 failed account')
      .waitFor({ state: 'detached' })
      .catch(() => {})
    await button('Retry 1 failed account').waitFor()
    await press('to API keys', link('API keys'))
    await press('open a dialog', button('Create a key').first())
    await press('create a key', button('Create the key'))
    await press('put the key away', button('I have copied it'))
    await press('to New upload', link('New upload'))
    await press('choose an account', page.getByLabel('Sandbox channel 1'))
    await press('to Home', link('Home'))
  }
  return [...spans]
}

/** All scripts that must be there before a page is drawn, compressed. */
function mainBundle(): number {
  const dist = join(import.meta.dirname, '../packages/dashboard/dist')
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  return globSync('assets/*.js', { cwd: dist })
    .filter(path => html.includes(path))
    .reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path)), { level: 9 }).length, 0)
}

/** One file by the page over the bad line; it waits for its time, so that nothing but the way in is measured. */
async function sendLarge(page: Page, cdp: CDPSession, browser: Browser): Promise<void> {
  const bytes = mebibytes * 2 ** 20
  const film = join(folder.path, 'large.mp4')
  const head = makeVideo(2 ** 20)
  // The last box of the head is made as long as the file.
  head.writeUInt32BE(bytes - head.lastIndexOf('free') + 4, head.lastIndexOf('free') - 4)
  await writeFile(film, head)
  await truncate(film, bytes)

  await page.goto('/new')
  await page.getByLabel('Video file').setInputFiles(film)
  await page.getByLabel('Title', { exact: true }).fill('Large')
  const account = page.getByLabel('Sandbox channel 1')
  await account.setChecked(true)
  await page.getByText('At a time', { exact: true }).click()
  const send = page.getByRole('button', { name: 'Schedule for 1 account' }).and(page.locator('[aria-disabled=false]'))
  await send.waitFor()
  await cdp.send('Performance.enable')
  const watcher = await browser.newBrowserCDPSession()
  const before = await weigh(cdp, watcher)
  const weights: Weight[] = []
  const sentBefore = line.bytes()
  line.slow(SPEED)
  const start = performance.now()
  await send.click()
  let breaks = 0
  let nextBreak = start + BREAK_EVERY * 1000
  while (!/\/uploads\/upload_/.test(page.url())) {
    if (performance.now() >= nextBreak) {
      line.cut()
      breaks++
      nextBreak += BREAK_EVERY * 1000
    }
    weights.push(await weigh(cdp, watcher))
    await sleep(200)
  }
  const seconds = (performance.now() - start) / 1000
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  const { rows } = await pool.query(
    'select f.storage_key as key, f.etag, f.bytes from uploads u join files f on f.id = u.file_id where u.id = $1',
    [readId('upload', id)]
  )
  const frozen = { key: rows[0].key, etag: rows[0].etag, bytes: Number(rows[0].bytes) }
  const signingKey = Buffer.alloc(32)
  const disk = await openDisk({ folder: join(folder.path, 'data/objects'), publicUrl: line.base, signingKey })
  const isEqual = (await digest(createReadStream(film))) === (await digest(await disk.read(frozen, 0, frozen.bytes)))
  const grown = (name: keyof Weight) => Math.max(...weights.map(weight => weight[name])) - before[name]
  console.log(`\n${mebibytes} MiB by the page; every connection broken each ${BREAK_EVERY} s, ${breaks} times\n`)
  console.log('| what | measured | wanted |\n|---|---:|---:|')
  console.log(`| bytes equal | ${isEqual ? 'yes' : '**no**'} | yes |`)
  console.log(`| MB/s, breaks and all | ${(bytes / 1e6 / seconds).toFixed(0)} | |`)
  console.log(`| sent ÷ size | ${((line.bytes() - sentBefore) / bytes).toFixed(2)} | |`)
  const weight = (name: keyof Weight) => `${before[name].toFixed(0)} + ${grown(name).toFixed(0)}`
  console.log(`| JavaScript heap before + growth at its peak, MB | ${weight('heap')} | + ≤ 64 |`)
  console.log(`| RSS of the tab's process, the same, MB | ${weight('tab')} | |`)
  console.log(`| RSS of all of the browser, the same, MB | ${weight('all')} | |`)
}

/** MB. */
interface Weight {
  readonly heap: number
  /** The largest renderer. */
  readonly tab: number
  readonly all: number
}

async function weigh(cdp: CDPSession, watcher: CDPSession): Promise<Weight> {
  const { metrics } = await cdp.send('Performance.getMetrics')
  const { processInfo } = await watcher.send('SystemInfo.getProcessInfo')
  const weights = await Promise.all(
    processInfo.map(async ({ id, type }) => ({ type, rss: (await readProcess(id).catch(() => ({ rss: 0 }))).rss }))
  )
  return {
    heap: (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? 0) / 2 ** 20,
    tab: Math.max(...weights.filter(({ type }) => type === 'renderer').map(({ rss }) => rss)),
    all: weights.reduce((sum, { rss }) => sum + rss, 0)
  }
}

async function digest(bytes: Readable): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of bytes) hash.update(chunk)
  return hash.digest('hex')
}

async function startServer(): Promise<string> {
  const { PATH = '', HOME = '' } = process.env
  const port = await freePort()
  const base = `http://127.0.0.1:${port}`
  const child = spawn(process.execPath, [join(import.meta.dirname, '../packages/server/src/main.ts')], {
    env: {
      PATH,
      HOME,
      NODE_ENV: 'production',
      ROLES: 'api,worker',
      SANDBOX: 'on',
      SIGN_UP: 'open',
      SECRET_KEY: 'a secret of more than thirty-two characters',
      DATA_DIR: join(folder.path, 'data'),
      DATABASE_URL: urlOf(database.connection),
      PORT: String(port),
      PUBLIC_URL: base
    },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  server = child
  let output = ''
  child.stdout.on('data', text => (output += text))
  await until(() => /\bready\b/.test(output) || child.exitCode !== null, 'the server to be ready')
  line.lead(port)
  return base
}

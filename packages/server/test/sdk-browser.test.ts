import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Progress, UploadHandle } from '@upload24/sdk'
import { chromium, type Page } from 'playwright-core'
import { testDatabase } from './database.ts'
import { makeVideo } from './make-video.ts'
import { makeFolder, until } from './processes.ts'
import { openSdkWorld } from './sdk-world.ts'

const MiB = 2 ** 20
const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(path => path && existsSync(path))
const skip = executablePath === undefined && process.env.CI === undefined ? 'needs Chromium, or CHROMIUM_PATH' : false

/** What the page keeps for the functions that are evaluated there. */
declare const kept: {
  upload(title: string): void
  handle: UploadHandle
  seen: Progress[]
  unfinished(): Promise<string[]>
}

const SCRIPT = (key: string, account: string) => `
  import { browserStore, createClient } from './index.js'
  const client = createClient({ baseUrl: '', apiKey: '${key}' })
  const store = browserStore()
  const bytes = await (await fetch('./film.mp4')).arrayBuffer()
  kept.unfinished = async () => (await store.list()).map(({ description }) => description.title)
  kept.upload = title => {
    const file = new File([bytes], 'film.mp4', { type: 'video/mp4', lastModified: 1 })
    kept.handle = client.upload(file, { title, accounts: ['${account}'] }, { store, partSize: 12 * ${MiB}, parallel: 2 })
    kept.seen = []
    kept.handle.onProgress(progress => kept.seen.push(progress))
    kept.handle.done.catch(() => {})
  }`

test('in a browser: lines break, the network goes, the tab is reloaded, and one upload is made', { skip }, async t => {
  const world = await openSdkWorld(await testDatabase())
  const ada = await world.newPerson()
  const folder = await makeFolder()
  const built = join(folder.path, 'built')
  execFileSync(process.execPath, [join(import.meta.dirname, '../../../scripts/build-sdk.ts'), built])
  const browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] })
  t.after(async () => {
    await browser.close()
    await folder.remove()
  })
  const film = makeVideo(36 * MiB)
  const context = await browser.newContext()
  // The package as it is published, at the origin of the API; no bundler.
  await context.route(`${world.line.base}/sdk/**`, async route => {
    const name = new URL(route.request().url()).pathname.slice('/sdk/'.length)
    if (name === 'film.mp4') return route.fulfill({ body: film, contentType: 'video/mp4' })
    if (name === 'page.js') return route.fulfill({ body: SCRIPT(ada.key, ada.account), contentType: 'text/javascript' })
    const html = '<!doctype html><script type="module" src="page.js"></script>'
    if (name === 'page.html') return route.fulfill({ body: html, contentType: 'text/html' })
    return route.fulfill({ body: await readFile(join(built, name)), contentType: 'text/javascript' })
  })
  await context.addInitScript('globalThis.kept = {}')
  context.setDefaultTimeout(120_000)
  const page = await context.newPage()
  const state = () => page.evaluate(() => kept.handle.progress.state)

  await openPage(page)
  world.line.slow(5 * MiB)
  await page.evaluate(() => kept.upload('In a browser'))
  await world.line.after(8 * MiB)
  world.line.cut()
  // It is still sending when we have looked, however long that takes.
  world.line.slow(MiB / 2)
  // Less than a part: it is told while it is sent.
  await page.waitForFunction(part => kept.seen.some(({ bytesSent }) => bytesSent % part > 0), 12 * MiB)
  await context.setOffline(true)
  await until(async () => (await state()) === 'waiting', 'it to wait')
  assert.equal(await page.evaluate(() => kept.handle.progress.waitingFor), 'network')
  const before = performance.now()
  await context.setOffline(false)
  await until(async () => (await state()) === 'sending', 'it to go on')
  t.diagnostic(`went on ${Math.round(performance.now() - before)} ms after the network was back`)
  const seen = await page.evaluate(() => kept.seen)
  assert.ok(seen.every(({ bytesSent }, at) => bytesSent >= (seen[at - 1]?.bytesSent ?? 0)))

  world.line.slow(Number.POSITIVE_INFINITY)
  await openPage(page)
  assert.deepEqual(await page.evaluate(() => kept.unfinished()), ['In a browser'])
  await page.evaluate(() => kept.upload('In a browser'))
  const { file } = await page.evaluate(() => kept.handle.done)
  assert.ok(await page.evaluate(() => kept.handle.progress.isContinued))
  assert.ok(film.equals(await world.stored(file.fileId)))
  assert.deepEqual(await ada.titles(), ['In a browser'])
  assert.deepEqual(await page.evaluate(() => kept.unfinished()), [])

  async function openPage(tab: Page): Promise<void> {
    await tab.goto(`${world.line.base}/sdk/page.html`)
    await tab.waitForFunction(() => typeof kept.upload === 'function')
  }
})

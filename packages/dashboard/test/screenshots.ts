import { rmSync } from 'node:fs'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { isOver, makeVideo } from '../../server/test/workspace.ts'
import { openDashboard, type Person, SHOTS, shoot } from './browser.ts'
import { holdReads, LOADING, letReads, refuseReads } from './reads.ts'

/** Every page at two widths and in two themes, and the states that matter. `npm run screenshots -- upload` makes some. */
const words = process.argv.slice(2)
const isWanted = (name: string) => words.length === 0 || words.some(word => name.includes(word))
const MB = 1_000_000
const { signUp, open, browser, base, pool, world } = await openDashboard()
if (words.length === 0) rmSync(SHOTS, { recursive: true, force: true })

/** Goes there, waits until nothing loads any more, and takes the pictures. */
async function take(page: Page, name: string, path: string, more: (page: Page) => Promise<unknown> = async () => {}) {
  if (!isWanted(name)) return
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForFunction(loading => document.querySelector(loading) === null, LOADING)
  await more(page)
  await shoot(page, name)
}

const PAGES = ['uploads', 'calendar', 'accounts', 'usage', 'keys', 'developers', 'workspace', 'you'] as const

test('for anybody', async () => {
  const page = await open(await browser.newContext({ baseURL: base }))
  for (const name of ['sign-in', 'sign-up', 'forgot-password', 'reset-password?token=abc', 'uploads/nothing/here'])
    await take(page, (name.split('?')[0] as string).replaceAll('/', '.'), `/${name}`)
})

test('on the first day', async () => {
  const { page } = await signUp()
  await take(page, 'first.home', '/')
  await take(page, 'first.new', '/new')
  for (const name of PAGES) await take(page, `first.${name}`, `/${name}`)
})

test('in full use', async () => {
  const person = await signUp()
  const ids = await fill(person)
  const { page } = person
  await take(page, 'home', '/')
  await take(page, 'new', '/new', choose)
  for (const name of PAGES) await take(page, name, `/${name}`)
  await take(page, 'calendar.week', '/calendar?view=week')
  for (const [name, id] of Object.entries(ids)) await take(page, `upload.${name}`, `/uploads/${id}`)
  await take(page, 'upload.journal', `/uploads/${ids.done}`, each => each.getByText('What was asked').first().click())
  await take(page, 'upload.edit', `/uploads/${ids.scheduled}`, edit)
  await take(page, 'upload.absent', '/uploads/upload_01kbaaaaaaaaaaaaaaaaaaaaaa')
  await take(page, 'uploads.filtered', '/uploads?q=nothing+has+this+title')
})

test('loading, failing, offline', async () => {
  const { page, workspace } = await signUp()
  await workspace.link()
  for (const name of ['', ...PAGES] as const) {
    await shootHeld(page, `loading.${name || 'home'}`, `/${name}`)
    await shootRefused(page, `failing.${name || 'home'}`, `/${name}`)
  }
  await take(page, 'offline.uploads', '/uploads', async each => {
    await each.context().setOffline(true)
    await each.getByText('Offline.').waitFor()
  })
})

async function edit(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Edit' }).click()
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^.*Options for/ })
    .first()
    .click()
  await page.getByRole('dialog').getByText('Fits', { exact: true }).first().waitFor()
}

async function shootHeld(page: Page, name: string, path: string): Promise<void> {
  if (!isWanted(name)) return
  await holdReads(page)
  await page.goto(path)
  await page.locator(LOADING).first().waitFor()
  await shoot(page, name)
  await letReads(page)
}

async function shootRefused(page: Page, name: string, path: string): Promise<void> {
  if (!isWanted(name)) return
  await refuseReads(page)
  await page.goto(path)
  await page.getByRole('alert').first().waitFor()
  await shoot(page, name)
  await letReads(page)
}

/** A workspace as it is after a while. Answers uploads by what they show. */
async function fill(person: Person): Promise<Record<string, string>> {
  const { workspace: ada, context } = person
  const platforms: string[] = (await ada.insist('GET', '/platforms')).items.map(({ id }: { id: string }) => id)
  const accounts: string[] = []
  for (const platform of platforms) accounts.push(await ada.link(0, platform))
  accounts.push(await ada.link(1), await ada.link(2))
  const all = {
    title: 'The difference engine, in motion',
    tiktok: JSON.stringify({ privacyLevel: 'SELF_ONLY' })
  }
  const done = await ada.upload(accounts, await sample(context), all)
  await ada.waitFor(done.uploadId, isOver)
  const titles = [
    'A day at the mill',
    'مرحبا بالعالم: فيديو جديد',
    'Punched cards explained in one minute, with a title that goes on for much longer than anybody would ever want to read in one line',
    'Loom',
    'Notes on the engine',
    'How a carry propagates'
  ]
  let scheduled = ''
  for (const [n, title] of titles.entries()) {
    const scheduledOn = new Date(Date.now() + (n + 1) * 19 * 3_600_000).toISOString()
    const video = makeVideo(MB / 5)
    scheduled = (await ada.upload(accounts.slice(3, 4 + (n % 2)), video, { title, scheduledOn })).uploadId
  }
  await ada.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle' } })
  const failed = await ada.upload([accounts[3] as string, accounts[4] as string], makeVideo(MB), {
    title: 'Bernoulli numbers'
  })
  await ada.waitFor(failed.uploadId, isOver)
  const unknown = await ada.upload([accounts[3] as string], makeVideo(MB), { title: 'Perhaps' })
  await ada.waitFor(unknown.uploadId, isOver)
  await pool.query(
    `update deliveries set status = 'failed', remote_id = null, remote_url = null, failure =
       '{"kind":"unknown","scope":"delivery","code":"outcome_unknown","message":"The last request was not answered, and the channel does not tell."}'
     where upload_id = (select id from uploads where title = 'Perhaps')`
  )
  await pool.query("select refresh_upload(tenant_id, id) from uploads where title = 'Perhaps'")
  await ada.insist('POST', '/api-keys/generate', { name: 'Nightly publisher' })
  await ada.setFaults({ delayMs: { at: 'chunk', after: 2, times: 50, ms: 60_000 } })
  const sending = await ada.upload([accounts[3] as string, accounts[4] as string], makeVideo(30 * MB), {
    title: 'On its way'
  })
  await ada.waitFor(sending.uploadId, ({ accounts }) => accounts.some(({ progress }) => progress.bytesSent > 0))
  return {
    done: done.uploadId,
    scheduled,
    failed: failed.uploadId,
    unknown: unknown.uploadId,
    sending: sending.uploadId
  }
}

async function sample(context: Person['context']): Promise<Buffer> {
  return (await context.request.get(`${world.base}/sample.mp4`)).body()
}

async function choose(page: Page): Promise<void> {
  const buffer = await sample(page.context())
  await page.locator('input[type=file]').first().setInputFiles({ name: 'engine.mp4', mimeType: 'video/mp4', buffer })
  await page.getByLabel('Title', { exact: true }).first().fill('The analytical engine weaves algebraical patterns')
  await page.getByLabel('All', { exact: true }).check()
  await page.getByText('Needs a choice').waitFor()
}

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { makeVideo } from '../../server/test/make-video.ts'
import { PASSWORD, skip } from './browser.ts'
import { button, chooseOnly, compose, copy, everythingFits, link, openJourney, openMenu, pick } from './journey.ts'

const MB = 1_000_000
const VIDEO = join(import.meta.dirname, '../../server/test/fixtures/video.mp4')
const run = promisify(execFile)

/** One person's first day, test by test in one window: by clicks, keys and files. HTTP only looks at what came of it. */
const journey = skip ? undefined : await openJourney()

const ADA = 'ada@example.com'
const GRACE = 'grace@example.com'

/** A part of the day. What comes after one that failed would only fail in its wake. */
function part(name: string, live: () => Promise<void>): void {
  test(name, { skip }, async t => {
    if (isOver) return t.skip('an earlier part failed')
    isOver = true
    await live()
    isOver = false
  })
}
let isOver = false

part('a person signs up and links accounts of three platforms', async () => {
  const { page, look } = journey!
  await page.goto('/')
  await link(page, 'Make an account').click()
  await page.getByLabel('Your name').fill('Ada Lovelace')
  await page.getByLabel('E-mail').fill(ADA)
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD)
  await page.getByLabel('Workspace').fill('Analytical Engines')
  await button(page, 'Make an account').click()
  await link(page.getByRole('main'), 'Link an account').click()

  await button(page, 'Link a sandbox account of YouTube').click()
  await link(page, 'Continue to YouTube').click()
  await page.getByRole('link', { name: 'Sandbox channel 1' }).click()
  await page.getByText('Sandbox channel 1 is linked.').waitFor()

  await button(page, 'Link an account').click()
  await button(page, 'Link a sandbox account of TikTok').click()
  await link(page, 'Continue to TikTok').click()
  await page.getByRole('link', { name: 'Sandbox creator 1' }).click()
  await page.getByText('Sandbox creator 1 is linked.').waitFor()

  await button(page, 'Link an account').click()
  await button(page, 'Link a sandbox account of Instagram').click()
  await page.getByRole('menuitem', { name: 'Sign in with Instagram' }).click()
  await link(page, 'Continue to Instagram').click()
  await page.getByRole('link', { name: 'Sandbox creator 2' }).click()
  await page.getByText('Sandbox creator 2 is linked.').waitFor()
  const { items } = await (await look(ADA)).insist('GET', '/accounts')
  assert.deepEqual(items.map(({ platform }: { platform: string }) => platform).sort(), [
    'instagram',
    'tiktok',
    'youtube'
  ])
})

part(
  'a film outlives a cut line and a reload, and arrives once on each of three platforms, byte for byte',
  async () => {
    const { page, line, folder, look } = journey!
    const film = join(folder, 'film.mp4')
    const bytes = makeVideo(60 * MB, 24)
    await writeFile(film, bytes)
    await compose(page, film, 'The engine weaves')
    await page.getByLabel('All', { exact: true }).check()
    await button(page, 'One account, Sandbox creator 1, needs a change or must be left out.').click()
    await page.getByLabel('Who can see this video').selectOption({ index: 1 })
    await everythingFits(page)
    const before = line.bytes()
    line.slow(2.5 * MB)
    await button(page, 'Send to 3 accounts').click()

    await page.getByRole('progressbar', { name: 'Sending film.mp4' }).waitFor()
    const until = (percent: number) =>
      page.waitForFunction(
        least => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) >= least,
        percent
      )
    await until(10)
    await page.getByText(/ MB of 60\.0 MB, .* MB\/s/).waitFor()
    // Of parts of 8 MiB, four at a time, half have arrived by now.
    await until(62)
    line.leave()
    await page.getByText('The server does not answer: trying again').waitFor()
    line.back()
    await until(82)
    // It does not come to its end while the page is left.
    line.slow(MB / 10)

    page.once('dialog', dialog => dialog.accept())
    await page.reload()
    line.slow(2.5 * MB)
    await pick(page, button(page, 'Continue: pick film.mp4 again'), film)
    await page.waitForURL(/\/uploads\/upload_/)
    line.slow(Number.POSITIVE_INFINITY)
    await page.getByRole('link', { name: 'Open the post' }).nth(2).waitFor({ timeout: 180_000 })
    assert.ok(line.bytes() - before < 1.8 * bytes.length, 'what had arrived was not sent again')

    const ada = await look(ADA)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    for (const platform of ['youtube', 'tiktok', 'instagram']) {
      const { items } = await ada.insist('GET', `/sandbox/${platform}/posts`)
      assert.deepEqual(
        items.map((post: { sha256: string }) => post.sha256),
        [sha256],
        platform
      )
    }
  }
)

part('an upload for later is moved in the calendar with the keyboard, and canceled before it goes out', async () => {
  const { page, look } = journey!
  await compose(page, VIDEO, 'Not yet')
  await chooseOnly(page, 'Sandbox channel 1')
  await page.getByText('At a time', { exact: true }).click()
  await button(page, 'Schedule for 1 account').and(page.locator('[aria-disabled=false]')).click()
  await page.waitForURL(/\/uploads\/upload_/)
  await page.getByText('Scheduled', { exact: true }).first().waitFor()
  const uploadId = new URL(page.url()).pathname.split('/').at(-1) as string

  await link(page, 'Calendar').click()
  await button(page, /Not yet/).focus()
  await page.keyboard.press('m')
  const dialog = page.getByRole('dialog')
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10)
  await dialog.getByLabel('Day', { exact: true }).fill(day)
  await dialog.getByLabel('Time', { exact: true }).fill('09:15')
  await page.keyboard.press('Enter')
  await page.getByText(/^Moved to /).waitFor()
  const ada = await look(ADA)
  assert.equal((await ada.readStatus(uploadId)).scheduledOn, `${day}T09:15:00.000Z`)

  await link(page, 'Uploads').click()
  await page.getByRole('link', { name: /Not yet/ }).click()
  await button(page, 'Cancel').click()
  await button(page, 'Cancel 1 account').click()
  await page.getByRole('main').getByText('Canceled', { exact: true }).first().waitFor()
  assert.equal((await ada.readStatus(uploadId)).status, 'Canceled')
  assert.equal((await ada.posts()).length, 1)
})

part('what a platform refused goes out after one press', async () => {
  const { page, look } = journey!
  const ada = await look(ADA)
  await ada.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle' } })
  await compose(page, VIDEO, 'A second try')
  await chooseOnly(page, 'Sandbox channel 1')
  await everythingFits(page)
  await button(page, 'Send to 1 account').click()
  await button(page, 'Retry 1 failed account').click()
  await page.getByRole('link', { name: 'Open the post' }).waitFor()
  assert.equal((await ada.posts()).length, 2)
})

part('a key is made, and the command that is shown with it sends a video', async () => {
  const { page, folder } = journey!
  await link(page, 'API keys').click()
  await button(page, 'Create a key').click()
  await page.getByLabel('Name', { exact: true }).fill('Nightly publisher')
  await button(page, 'Create the key').click()
  await page.getByText('Send a video with it').click()
  // Before, the snippet names no account.
  await page.getByText(/^It sends the sample film to /).waitFor()
  const command = await copy(page, button(page.getByRole('figure', { name: 'curl' }), 'Copy'))
  await copyFile(VIDEO, join(folder, 'video.mp4'))
  const { stdout } = await run('bash', ['-c', command], { cwd: folder })
  const { uploadId } = JSON.parse(stdout)
  await button(page, 'I have copied it').click()
  await link(page, 'Uploads').click()
  await page.getByRole('link', { name: /My first upload/ }).click()
  await page.waitForURL(`**/uploads/${uploadId}`)
  await page.getByRole('link', { name: 'Open the post' }).waitFor()
})

part(
  'who is invited to look sees everything, finds no button that does not work, and is refused by the server',
  async () => {
    const { page, look, openWindow } = journey!
    await link(page, 'Workspace').click()
    await button(page, 'Invite a person').click()
    await page.getByLabel('E-mail').fill(GRACE)
    await page.getByRole('radio', { name: /^Viewer/ }).check()
    await button(page, 'Send the invitation').click()
    const address = await copy(page, button(page, 'Copy'))

    const hers = await openWindow()
    await hers.goto(address)
    await hers.getByLabel('Your name').fill('Grace Hopper')
    await hers.getByLabel('Password', { exact: true }).fill(PASSWORD)
    await button(hers, 'Make an account and join').click()
    await hers.getByRole('heading', { name: 'Home' }).waitFor()
    await link(hers, 'Uploads').click()
    await hers.getByRole('link', { name: /The engine weaves/ }).click()
    await hers.getByRole('link', { name: 'Open the post' }).nth(2).waitFor()
    // What is one's own stays: a workspace of one's own, and the way out of this one.
    const acts =
      /^(Retry|Cancel|Edit|Delete|Link|Unlink|Create (a|the) key|Rotate|Revoke|Invite|Remove|Save)\b|New upload/
    const dead: string[] = []
    for (const name of ['the upload', 'Home', 'Uploads', 'Calendar', 'Accounts', 'API keys', 'Workspace']) {
      if (name !== 'the upload') {
        const title = hers.getByRole('main').getByRole('heading', { level: 1 })
        const left = await title.innerText()
        await link(hers, name).click()
        await title.filter({ hasNotText: left }).waitFor()
      }
      await hers
        .getByRole('status', { name: /^Loading/ })
        .first()
        .waitFor({ state: 'detached' })
      for (const role of ['button', 'link'] as const)
        for (const each of await hers.getByRole(role, { name: acts }).all())
          dead.push(`${name}: ${await each.innerText()}`)
      for (const more of await hers
        .getByRole('main')
        .getByRole('button', { name: /: more$/ })
        .all()) {
        await openMenu(hers, more)
        const items = await hers.getByRole('menuitem', { name: acts }).allInnerTexts()
        dead.push(...items.map(each => `${name}: ${each}`))
        await hers.keyboard.press('Escape')
        await hers.getByRole('menu').waitFor({ state: 'detached' })
      }
    }
    assert.deepEqual(dead, [])

    const [ada, grace] = [await look(ADA), await look(GRACE)]
    const [upload] = (await ada.insist('GET', '/uploads')).items
    for (const [method, path, body] of [
      ['POST', '/api-keys/generate', {}],
      ['POST', '/accounts/link', { platform: 'youtube', sandbox: true }],
      ['POST', `/api/upload/${upload.uploadId}/cancel`, {}],
      ['DELETE', `/api/upload/${upload.uploadId}`],
      ['POST', '/workspace/invitations', { email: 'eve@example.com', role: 'owner' }]
    ] as const) {
      assert.equal((await grace.ask(method, path, body)).status, 403, path)
    }
  }
)

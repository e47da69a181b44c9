import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBarriersInThemes, openDashboard, skip } from './browser.ts'
import { join } from './people.ts'

const { signUp, base, browser, open } = skip ? ({} as never) : await openDashboard()

test('a stranger is led to sign in, and from there to where they wanted to go', { skip }, async () => {
  const { email, context } = await signUp()
  await context.clearCookies()
  const page = await open(context)
  await page.goto(`${base}/uploads`)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password', { exact: true }).fill('correct horse battery')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { name: 'Uploads', level: 1 }).waitFor()
  assert.equal(new URL(page.url()).pathname, '/uploads')
})

test('the frame has no barriers, and no script or host of anybody else', { skip }, async () => {
  const { page } = await signUp()
  const hosts = new Set<string>()
  page.on('request', request => hosts.add(new URL(request.url()).origin))
  await page.goto('/')
  await page.getByRole('heading', { level: 1 }).waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  assert.deepEqual([...hosts], [base])
  assert.equal(
    (await page.context().cookies()).every(cookie => cookie.httpOnly && cookie.sameSite === 'Strict'),
    true
  )
})

test('a program that asks the same address gets the API, not the page', { skip }, async () => {
  const context = await browser.newContext({ baseURL: base })
  const answer = await context.request.get('/uploads', { headers: { accept: '*/*' } })
  assert.equal(answer.status(), 401)
  assert.match(answer.headers()['content-type'] ?? '', /problem\+json/)
})

test('to a viewer the key for a new upload and a dropped file say why they lead nowhere', { skip }, async () => {
  const { workspace: ada } = await signUp()
  const grace = await join(browser, base, ada, 'Grace', 'viewer')
  const page = await open(grace.context)
  await page.goto('/uploads')
  await page.getByText('Nothing was sent yet').waitFor()
  assert.equal(await page.getByRole('link', { name: 'New upload' }).count(), 0)
  await page.keyboard.press('n')
  await page.getByText('You may look here, not send').waitFor()
  assert.equal(new URL(page.url()).pathname, '/uploads')
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File(['x'], 'video.mp4', { type: 'video/mp4' }))
    dispatchEvent(new DragEvent('drop', { dataTransfer, cancelable: true }))
  })
  assert.equal(new URL(page.url()).pathname, '/uploads')
})

test('a menu that is pressed before its code is there opens when it is', { skip }, async () => {
  const { page } = await signUp()
  let letGo = () => {}
  const held = new Promise<void>(resolve => (letGo = resolve))
  await page.route(/menu-parts-[^/]+\.js$/, async route => {
    await held
    await route.continue()
  })
  await page.goto('/')
  await page.getByRole('button', { name: 'Ada Lovelace' }).click()
  letGo()
  await page.getByRole('menuitem', { name: 'Sign out' }).waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
})

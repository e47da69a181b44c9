import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOver, makeVideo } from '../../server/test/workspace.ts'
import { findBarriersInThemes, hears, openDashboard, skip } from './browser.ts'

const dashboard = skip ? undefined : await openDashboard()

test('Home is the way in at first, and then tells what is on its way, what is next and what needs a hand', {
  skip
}, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const told = hears(page)
  await page.goto('/')
  await page.getByRole('heading', { name: 'Link an account' }).waitFor()
  await told
  assert.deepEqual(await findBarriersInThemes(page), [])

  const account = await ada.link()
  await page.getByRole('link', { name: 'Send the sample video' }).waitFor()
  const inAnHour = new Date(Date.now() + 3_600_000).toISOString()
  await ada.upload([account], makeVideo(50_000), { title: 'In an hour', scheduledOn: inAnHour })
  await ada.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle' } })
  await ada.upload([account], makeVideo(50_000), { title: 'It fails' })
  const needs = page.locator('section', { has: page.getByRole('heading', { name: 'Needs you' }) })
  await needs.getByText('It fails').waitFor()
  const next = page.locator('section', { has: page.getByRole('heading', { name: 'Next seven days' }) })
  await next.getByText('In an hour').waitFor()
  // It stays on its way for as long as the page may take to show it.
  await ada.setFaults({ delayMs: { at: 'chunk', times: 1, ms: 120_000 } })
  await ada.upload([account], makeVideo(50_000), { title: 'On its way' })
  const now = page.locator('section', { has: page.getByRole('heading', { name: 'Going out now' }) })
  await now.getByText('On its way').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])

  await needs.getByRole('button', { name: 'Retry 1 failed account' }).click()
  await needs.getByText('Nothing needs you.').waitFor()
})

test('what happens between the first read of a page and its stream of events is shown', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const account = await ada.link()
  const stream = Promise.withResolvers<void>()
  await page.route('**/events*', async route => {
    await stream.promise
    await route.continue()
  })
  await page.goto('/uploads')
  await page.getByText('Nothing was sent yet').waitFor()
  const { uploadId } = await ada.upload([account], makeVideo(50_000), { title: 'In between' })
  await ada.waitFor(uploadId, isOver)
  stream.resolve()
  await page.getByText('In between').waitFor()
})

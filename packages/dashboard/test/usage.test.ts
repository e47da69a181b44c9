import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOver, makeVideo } from '../../server/test/workspace.ts'
import { findBarriersInThemes, hears, openDashboard, PHONE, skip } from './browser.ts'

const dashboard = skip ? undefined : await openDashboard()

test('usage tells what the quota is, what took it, and the months before, and follows what is sent', {
  skip
}, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const { pool } = dashboard!
  const told = hears(page)
  await page.goto('/usage')
  await page.getByText('Nothing was sent this month yet.').waitFor()
  await told
  assert.deepEqual(await findBarriersInThemes(page), [])

  const accounts = [await ada.link(0), await ada.link(1)]
  const done = await ada.upload(accounts, makeVideo(50_000))
  await ada.waitFor(done.uploadId, isOver)
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
  await ada.upload(accounts.slice(0, 1), makeVideo(50_000), { scheduledOn: tomorrow })
  // Nobody reloads: the page hears of it.
  await page.getByRole('definition').filter({ hasText: '997' }).waitFor()
  const facts = await page.getByRole('definition').allTextContents()
  assert.deepEqual(facts, ['2', '1', '997', '1,000'])
  await page.getByRole('img', { name: /^Posts a day in .*: most on .*, 3\.$/ }).waitFor()
  await page.getByText('The same in figures').click()
  const rows = (name: string) => page.getByRole('table', { name }).locator('tbody tr').allInnerTexts()
  const squeeze = (text: string) => text.replace(/\s+/g, ' ').trim()
  assert.deepEqual((await rows('By account')).map(squeeze), [
    'Sandbox channel 1 Sandbox 1 1',
    'Sandbox channel 2 Sandbox 1 0'
  ])
  assert.deepEqual((await rows('By platform')).map(squeeze), ['YouTube 2 1'])
  assert.deepEqual((await rows('By sender')).map(squeeze), ['Ada Lovelace 2 1'])
  assert.deepEqual(await findBarriersInThemes(page), [])

  const tenant = '(select id from tenants order by created_at desc limit 1)'
  await pool.query(`insert into quotas (tenant_id, month, used) values (${tenant}, '2026-02-01', 412)`)
  await page.reload()
  await page.getByRole('link', { name: 'February 2026: 412 used' }).click()
  await page.getByText('412 posts more belong to uploads that were deleted').waitFor()
  assert.match(page.url(), /month=2026-02$/)
  await page.getByLabel('Month', { exact: true }).selectOption({ index: 0 })
  await page.waitForURL(url => !url.searchParams.has('month'))

  await pool.query(`update tenants set quota_limit = 3 where id = ${tenant}`)
  await page.reload()
  await page.getByText('The 3 posts of this month are taken.').waitFor()
  await page.setViewportSize(PHONE)
  assert.deepEqual(await findBarriersInThemes(page), [])
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  assert.equal(tooWide, false, 'nothing is wider than the phone')
})

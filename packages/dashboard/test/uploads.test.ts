import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOver, makeVideo } from '../../server/test/workspace.ts'
import { findBarriersInThemes, openDashboard, skip } from './browser.ts'

const dashboard = skip ? undefined : await openDashboard()

test('the history is filtered by its address, goes on where it ends, and is walked with the keyboard', {
  skip
}, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  await page.goto('/uploads')
  await page.getByText('Nothing was sent yet').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  const account = await ada.link()
  const first = await ada.upload([account], makeVideo(50_000), { title: 'Loom no. 0' })
  await ada.waitFor(first.uploadId, isOver)
  // As many more as a workspace has after a month.
  await dashboard!.pool.query(
    `insert into uploads (id, tenant_id, file_id, title, status, created_at)
     select uuidv7(-n * interval '1 hour'), tenant_id, file_id, 'Loom no. ' || n, status, created_at - n * interval '1 hour'
     from uploads, generate_series(1, 120) n where title = 'Loom no. 0'`
  )
  await page.goto('/uploads')
  const lines = page.locator('[data-line]')
  await lines.nth(49).waitFor()
  assert.equal(await lines.count(), 50)
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('button', { name: 'Show older uploads' }).click()
  await lines.nth(99).waitFor()

  await page.keyboard.press('/')
  // At once: what is typed letter by letter is searched for at every longer pause.
  await page.keyboard.insertText('no. 11')
  await page.waitForURL(/q=no\.\+11|q=no\.%2011/)
  await page.getByText('Loom no. 119').waitFor()
  assert.equal(await lines.count(), 11)
  await page.reload()
  await page.getByText('Loom no. 119').waitFor()
  assert.equal(await lines.count(), 11)

  // A filter that is chosen before the words are searched for stays beside them.
  await page.getByRole('searchbox', { name: 'Search the titles' }).fill('no. 119')
  await page.getByLabel('Status').selectOption('Scheduled')
  await page.waitForURL(
    ({ searchParams }) => searchParams.get('q') === 'no. 119' && searchParams.get('status') === 'Scheduled'
  )
  await page.getByText('No upload matches').waitFor()
  await page.getByRole('button', { name: 'Clear the filters' }).click()
  await lines.nth(49).waitFor()
  await page.locator('h1').click()
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await page.keyboard.press('k')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Loom no. 0', level: 1 }).waitFor()
})

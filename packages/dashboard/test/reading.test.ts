import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { findBarriersInThemes, hears, openDashboard, PHONE, skip, WIDE } from './browser.ts'
import { holdReads, LOADING, letReads, refuseReads } from './reads.ts'

const dashboard = skip ? undefined : await openDashboard()

/** How many reads each page has a shape for, and of how many it tells that they failed; a heading that only comes with what was read. */
const PAGES = [
  { path: '/usage', shapes: 1, failures: 1, comes: 'Posts a day' },
  { path: '/keys', shapes: 1, failures: 1, comes: 'There is no key yet' },
  { path: '/developers', shapes: 1, failures: 1, comes: 'Make something go wrong' },
  { path: '/workspace', shapes: 2, failures: 3, comes: '1 member' },
  { path: '/you', shapes: 2, failures: 2, comes: 'Sessions' }
] as const

/** Both widths and both themes; nothing is wider than the page. */
async function findFaults(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const viewport of [PHONE, WIDE]) {
    await page.setViewportSize(viewport)
    found.push(...(await findBarriersInThemes(page)))
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    if (width > 0) found.push(`${width} pixels wider than ${viewport.width}`)
  }
  return found
}

for (const { path, shapes, failures, comes } of PAGES) {
  test(`${path} shows its shape while it loads, what failed and the way on, and then itself`, { skip }, async () => {
    const { page } = await dashboard!.signUp()
    await holdReads(page)
    await page.goto(path)
    await page
      .locator(LOADING)
      .nth(shapes - 1)
      .waitFor()
    assert.deepEqual(await findFaults(page), [])

    await letReads(page)
    await refuseReads(page)
    await page.reload()
    const retry = page.getByRole('main').getByRole('button', { name: 'Try again' })
    await retry.nth(failures - 1).waitFor()
    assert.equal(await page.locator(LOADING).count(), 0)
    assert.deepEqual(await findFaults(page), [])

    await letReads(page)
    // Each press mends its own part, and takes its button away.
    for (let left: number = failures; left > 0; left--) {
      await retry.first().click()
      await retry.nth(left - 1).waitFor({ state: 'detached' })
    }
    await page.getByRole('heading', { name: comes }).waitFor()
    assert.equal(await page.getByRole('alert').count(), 0)
  })
}

test('of a sandbox whose faults and posts cannot be read each part says so, and the rest stands', {
  skip
}, async () => {
  const { page } = await dashboard!.signUp()
  const reads = /\/sandbox\/\w+\/(faults|posts)$/
  await holdReads(page, reads)
  await page.goto('/developers')
  await page.getByRole('status', { name: 'Loading the faults' }).waitFor()
  await page.getByRole('status', { name: 'Loading the posts' }).waitFor()
  assert.deepEqual(await findFaults(page), [])
  await letReads(page)
  await refuseReads(page, reads)
  await page.reload()
  await page.getByRole('alert').nth(1).waitFor()
  await page.getByRole('navigation', { name: 'Sandbox of' }).waitFor()
  assert.deepEqual(await findFaults(page), [])
})

test('what was read stays on the page when it cannot be read again', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const told = hears(page)
  await page.goto('/usage')
  await page.getByRole('heading', { name: 'Posts a day' }).waitFor()
  await told
  await refuseReads(page)
  // An event makes the page read again.
  await ada.link()
  await page.getByRole('alert').waitFor()
  await page.getByRole('heading', { name: 'Posts a day' }).waitFor()
  assert.deepEqual(await findFaults(page), [])
})

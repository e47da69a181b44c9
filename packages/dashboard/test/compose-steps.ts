import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { createBrowser } from '../../server/test/browser.ts'
import type { Person } from './browser.ts'

export const FILMS = join(import.meta.dirname, '../../server/test/fixtures')

/** Links the n-th account of a sandbox platform. */
export async function link({ workspace }: Person, platform: string, n = 0): Promise<string> {
  const { authorizeUrl } = await workspace.insist('POST', '/accounts/link', { platform, sandbox: true })
  const { end } = await createBrowser().link(authorizeUrl, n)
  return end.searchParams.get('linked') ?? assert.fail(`linking ended at ${end.href}`)
}

export async function compose(page: Page, film: string, title: string): Promise<void> {
  await page.goto('/new')
  await page.getByLabel('Video file').setInputFiles(film)
  await page.getByLabel('Title', { exact: true }).fill(title)
}

/** What stands at the Send button. */
export const verdict = (page: Page, words: string): Locator =>
  page.getByRole('region', { name: 'Send' }).getByText(words)

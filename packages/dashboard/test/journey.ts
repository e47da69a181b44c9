import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Browser, Locator, Page } from 'playwright-core'
import { openCutLine } from '../../server/test/cut-line.ts'
import { until } from '../../server/test/processes.ts'
import { openWorkspace, type Workspace } from '../../server/test/workspace.ts'
import { openBrowser, openDashboard, PASSWORD, WIDE } from './browser.ts'

/** A browser that reaches the server over a line which can be cut. */
export async function openJourney() {
  const folder = await mkdtemp(join(tmpdir(), 'upload24-journey-'))
  const line = await openCutLine()
  let browser: Browser | undefined
  // Before those of the dashboard, of which one fails when a page had faults.
  after(async () => {
    await browser?.close()
    await line.close()
    await rm(folder, { recursive: true, force: true })
  })
  const { base, open } = await openDashboard()
  const { port, host } = new URL(base)
  line.lead(Number(port))
  const window = await openBrowser(`--host-resolver-rules=MAP ${host} ${new URL(line.base).host}`)
  browser = window
  const openWindow = async () => {
    const context = await window.newContext({
      viewport: WIDE,
      baseURL: base,
      timezoneId: 'UTC',
      permissions: ['clipboard-read', 'clipboard-write']
    })
    return open(context)
  }
  /** What a program sees with the credentials of a person. */
  const look = async (email: string): Promise<Workspace> => {
    const { accessToken } = await openWorkspace(base, '').insist('POST', '/auth/sign-in', { email, password: PASSWORD })
    return openWorkspace(base, accessToken)
  }
  return { line, folder, page: await openWindow(), openWindow, look }
}

export const link = (page: Page | Locator, name: string) => page.getByRole('link', { name, exact: true })
export const button = (page: Page | Locator, name: string | RegExp) => page.getByRole('button', { name, exact: true })

/** Picks a file with the button that asks for one. */
export async function pick(page: Page, asks: Locator, file: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), asks.click()])
  await chooser.setFiles(file)
}

export async function compose(page: Page, file: string, title: string): Promise<void> {
  await page.getByRole('link', { name: 'New upload' }).click()
  await pick(page, button(page, 'Choose a video'), file)
  await page.getByLabel('Title', { exact: true }).fill(title)
}

/** Whatever was chosen the last time, which the page remembers. */
export async function chooseOnly(page: Page, account: string): Promise<void> {
  const all = page.getByLabel('All', { exact: true })
  await all.check()
  await all.uncheck()
  await page.getByLabel(account).check()
}

/** What the button copies. It says so for a moment only, and what was copied before would do as well. */
export async function copy(page: Page, asks: Locator): Promise<string> {
  const before = 'nothing yet'
  await page.evaluate(text => navigator.clipboard.writeText(text), before)
  await asks.click()
  let copied = before
  await until(async () => {
    copied = await page.evaluate(() => navigator.clipboard.readText())
    return copied !== before
  }, 'what is copied')
  return copied
}

export const everythingFits = (page: Page) => page.getByText('Everything fits.').waitFor()

/** With the keyboard. A line that is drawn anew in this moment closes its menu, and a person presses again. */
export async function openMenu(page: Page, trigger: Locator): Promise<void> {
  await until(async () => {
    if ((await trigger.getAttribute('aria-expanded')) !== 'true') await trigger.press('Enter')
    return page.getByRole('menu').isVisible()
  }, 'the menu to open')
}

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { after } from 'node:test'
import axe from 'axe-core'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page
} from 'playwright-core'
import { buildDashboard } from '../../../scripts/build-dashboard.ts'
import { testDatabase } from '../../server/test/database.ts'
import { openWorkspace, type Workspace } from '../../server/test/workspace.ts'
import { openWorld } from '../../server/test/world.ts'

const CHROMIUM = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  path => path && existsSync(path)
)

/** For `test(name, { skip }, …)`: why there is no browser here. CI has one, and may not skip. */
export const skip =
  CHROMIUM === undefined && process.env.CI === undefined
    ? 'needs Chromium: apt-get install chromium, or CHROMIUM_PATH'
    : false

export const themes = ['light', 'dark'] as const
export const WIDE = { width: 1280, height: 860 }
export const PHONE = { width: 360, height: 740 }
/** Milliseconds that a page is waited for: as in `until`, a machine that does other things too is slow, not wrong. */
const PATIENCE = 60_000

/** Real Chromium, closed when the file is done. `args`: more of its switches. */
export async function openBrowser(...args: readonly string[]): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error('There is no Chromium here: apt-get install chromium.')
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-dev-shm-usage', ...args]
  })
  after(() => browser.close())
  return browser
}

/** The whole system as a process of its own, serving the built pages, on a database of its own. `env`: more of its variables. */
export async function openDashboard(env: NodeJS.ProcessEnv = {}) {
  await buildDashboard()
  const { url, pool } = await testDatabase()
  // Before the server, and so closed before it: pages would tell of its end as of a fault.
  const browser = await openBrowser()
  const world = await openWorld({ databaseUrl: url, env })
  let server = await world.start('api', 'api,worker')
  let people = 0

  /** A person with a workspace of their own, signed in in a window of their own. `workspace`: the same by HTTP. */
  async function signUp(options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({ viewport: WIDE, baseURL: world.base, ...options })
    const email = `person${++people}-${Date.now()}@example.com`
    const answer = await context.request.post('/auth/sign-up', {
      data: { email, password: PASSWORD, name: 'Ada Lovelace', workspace: 'Analytical Engines' }
    })
    if (!answer.ok()) throw new Error(`sign-up was answered ${answer.status()}: ${await answer.text()}`)
    const { accessToken } = await answer.json()
    return { context, page: await open(context), email, workspace: openWorkspace(world.base, accessToken) }
  }

  /** A page on which every fault of a script, the network or the content security policy fails the test. */
  async function open(context: BrowserContext): Promise<Page> {
    const page = await context.newPage()
    page.setDefaultTimeout(PATIENCE)
    page.on('pageerror', error => faults.push(`${page.url()}: ${error.stack ?? error.message}`))
    page.on('console', message => {
      if (
        message.type() === 'error' &&
        !/status of 4\d\d|ERR_(INTERNET|CONNECTION|EMPTY|INCOMPLETE|CONTENT_LENGTH|SOCKET)/.test(message.text())
      )
        faults.push(`${page.url()}: ${message.text()}`)
    })
    return page
  }
  const faults: string[] = []
  after(() => {
    if (faults.length > 0) throw new Error(`the pages had faults:\n${faults.join('\n')}`)
  })

  return {
    world,
    base: world.base,
    pool,
    browser,
    signUp,
    open,
    /** SIGKILL and a new start, as after a crash. */
    async restart(pauseMs = 0) {
      await server.kill()
      await new Promise(resolve => setTimeout(resolve, pauseMs))
      server = await world.start('api', 'api,worker')
    }
  }
}

export interface Person {
  readonly context: BrowserContext
  readonly page: Page
  readonly email: string
  readonly workspace: Workspace
}

export const PASSWORD = 'correct horse battery'

/** Resolves once the page that comes next is told of events. */
export const hears = (page: Page) =>
  page.waitForResponse(answer => answer.ok() && new URL(answer.url()).pathname === '/events')

/** Whether it has the focus, or gets it: the page is drawn first. */
export const hasFocus = (wanted: Locator): Promise<boolean> =>
  wanted
    .and(wanted.page().locator(':focus'))
    .waitFor()
    .then(
      () => true,
      () => false
    )

/** What axe finds wrong on the page as it is, one line each; `[]` is what every page owes. */
export async function findBarriers(page: Page): Promise<string[]> {
  // Halfway through a fade, colours are neither old nor new. A skeleton breathes for ever.
  await page.evaluate(() => {
    const ending = document
      .getAnimations()
      .filter(each => each.effect?.getTiming().iterations !== Number.POSITIVE_INFINITY)
    // Not waited for: a page that has nothing else to draw may never draw their last frame.
    for (const each of ending) each.finish()
  })
  await page.evaluate(axe.source)
  const { violations } = await page.evaluate(
    () =>
      (window as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations']
      }) as Promise<axe.AxeResults>
  )
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(node => `${id}: ${help}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`)
  )
}

/** Runs axe in both themes. */
export async function findBarriersInThemes(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of themes) {
    await page.emulateMedia({ colorScheme })
    found.push(...(await findBarriers(page)).map(line => `${colorScheme}: ${line}`))
  }
  return found
}

export const SHOTS = join(import.meta.dirname, '../screenshots')

/** Pictures of the page as it is: two widths, two themes. */
export async function shoot(page: Page, name: string): Promise<void> {
  for (const [width, viewport] of [
    ['wide', WIDE],
    ['phone', PHONE]
  ] as const) {
    await page.setViewportSize(viewport)
    for (const colorScheme of themes) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.screenshot({ path: join(SHOTS, `${name}.${width}.${colorScheme}.png`), fullPage: width === 'phone' })
    }
  }
  await page.setViewportSize(WIDE)
}

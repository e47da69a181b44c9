import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { openDashboard, PASSWORD, skip, WIDE } from './browser.ts'

const VIDEO = join(import.meta.dirname, '../../server/test/fixtures/video.mp4')
const dashboard = skip ? undefined : await openDashboard()

/** More stops than any page has before what is looked for. */
const MOST = 80

/** Goes on with Tab until `wanted` has the focus; every stop on the way must show that it has it. */
async function tabTo(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor()
  for (let stop = 0; stop < MOST; stop++) {
    await page.keyboard.press('Tab')
    const hidden = await page.evaluate(findHiddenFocus)
    assert.equal(hidden, undefined, `${page.url()}: the focus cannot be seen: ${hidden}`)
    if (await wanted.evaluate(element => element === document.activeElement)) return
  }
  assert.fail(`${page.url()}: Tab does not lead to ${wanted}`)
}

/** The element that has the focus, when nothing is drawn around it or it is out of sight. */
function findHiddenFocus(): string | undefined {
  const focused = document.activeElement
  if (focused === null || focused === document.body) return undefined
  const isSeen = (element: Element) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const { width, top, bottom, left, right } = element.getBoundingClientRect()
    const isOutlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1
    return isOutlined && width > 1 && bottom > 0 && right > 0 && top < innerHeight && left < innerWidth
  }
  // A choice that is drawn by its label has the outline there.
  return [focused, focused.closest('label')].some(element => element && isSeen(element))
    ? undefined
    : focused.outerHTML.slice(0, 300)
}

test('from the door to a post that was refused once, by keyboard alone, with the focus in sight at every stop', {
  skip
}, async () => {
  const { browser, base, open, signUp } = dashboard!
  const { email, workspace: ada } = await signUp()
  await ada.link(0)
  await ada.link(1)
  await ada.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle' } })
  const page = await open(await browser.newContext({ viewport: WIDE, baseURL: base }))
  const { keyboard } = page
  // From now on files are asked for here, not in a window of the system's.
  page.on('filechooser', () => {})

  await page.goto('/')
  await tabTo(page, page.getByLabel('E-mail'))
  await keyboard.type(email)
  await tabTo(page, page.getByLabel('Password', { exact: true }))
  await keyboard.type(PASSWORD)
  await keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Home', level: 1 }).waitFor()

  await keyboard.press('n')
  await tabTo(page, page.getByRole('button', { name: 'Choose a video', exact: true }))
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), keyboard.press('Enter')])
  await chooser.setFiles(VIDEO)
  await tabTo(page, page.getByLabel('Title', { exact: true }))
  await keyboard.type('By hand')
  await tabTo(page, page.getByLabel('Sandbox channel 1'))
  await keyboard.press('Space')
  await page.getByText('Everything fits.').waitFor()
  await tabTo(page, page.getByRole('button', { name: 'Send to 1 account' }))
  await keyboard.press('Enter')

  await page.waitForURL(/\/uploads\/upload_/)
  await tabTo(page, page.getByRole('button', { name: 'Retry 1 failed account' }))
  await keyboard.press('Enter')
  await tabTo(page, page.getByRole('link', { name: 'Open the post' }))
  assert.deepEqual(
    (await ada.posts()).map(({ title }) => title),
    ['By hand']
  )
})

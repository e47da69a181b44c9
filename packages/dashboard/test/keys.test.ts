import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { until } from '../../server/test/processes.ts'
import { isOver, type Workspace } from '../../server/test/workspace.ts'
import { findBarriersInThemes, hasFocus, openDashboard, PHONE, skip } from './browser.ts'

const dashboard = skip ? undefined : await openDashboard()
const run = promisify(execFile)

/** Inside the repository, where the SDK is found by its name. */
async function makeFolder(): Promise<string> {
  const parent = join(import.meta.dirname, '../../../.test')
  await mkdir(parent, { recursive: true })
  const path = await mkdtemp(join(parent, 'snippets-'))
  after(() => rm(path, { recursive: true }))
  return path
}

/** That a key was used is written beside the answer, which does not wait for it; nor does any event tell of it. */
const untilAllWereUsed = (ada: Workspace) =>
  until(async () => {
    const keys: { lastUsedAt: string | null }[] = (await ada.insist('GET', '/api-keys')).items
    return keys.every(({ lastUsedAt }) => lastUsedAt !== null)
  }, 'the last use of the keys')

test('a key is made, shown once, and its snippets work as they are pasted', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const accountId = await ada.link()
  await page.goto('/keys')
  await page.getByText('There is no key yet').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])

  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByLabel('Name', { exact: true }).fill('Nightly publisher')
  await page.getByLabel('Expires').selectOption('In 90 days')
  await page.getByRole('dialog').getByLabel('Sandbox channel 1').check()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('button', { name: 'Create the key' }).click()
  const shown = page.getByRole('region', { name: 'The new key' })
  await shown.waitFor()
  assert.ok(await hasFocus(shown), 'the key has the focus')
  const key = await shown.locator('code').first().innerText()
  await shown.getByText('Send a video with it').click()
  await shown.getByText('It sends the sample film to Sandbox channel 1.').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])

  const cwd = await makeFolder()
  const [curl = '', typescript = ''] = await shown.locator('pre').allInnerTexts()
  const first = JSON.parse((await run('bash', ['-ec', curl], { cwd })).stdout)
  assert.deepEqual([first.title, first.accounts[0].accountId], ['My first upload', accountId])
  await writeFile(join(cwd, 'send.ts'), typescript)
  const [uploadId = ''] = (await run(process.execPath, ['send.ts'], { cwd })).stdout.split(' ')
  for (const id of [first.uploadId, uploadId])
    assert.equal((await ada.waitFor(id, isOver)).status, 'Uploaded', 'the sample film is on the account')

  await shown.getByRole('button', { name: 'I have copied it' }).click()
  await shown.waitFor({ state: 'detached' })
  await untilAllWereUsed(ada)
  await page.reload()
  const line = page.getByRole('listitem').filter({ hasText: 'Nightly publisher' })
  await line.getByText('Only Sandbox channel 1').waitFor()
  for (const words of ['May do everything a key can', /Last used .* ago/, /Expires in (89|90) days/, 'Ada Lovelace'])
    await line.getByText(words).waitFor()
  assert.ok(!(await page.content()).includes(key), 'the key is nowhere on the page any more')
})

test('a key is replaced with an overlap, and revoked; what no longer works is folded', { skip }, async () => {
  const { page, workspace: ada, context } = await dashboard!.signUp()
  const { key: old } = await ada.insist('POST', '/api-keys/generate', { name: 'CI' })
  const answerTo = async (key: string) =>
    (await context.request.get('/quota', { headers: { 'x-api-key': key } })).status()
  await page.goto('/keys')
  await page.getByRole('button', { name: 'More for CI' }).click()
  await page.getByRole('menuitem', { name: 'Rotate the key' }).click()
  await page.getByLabel('The old key').selectOption('Works for another hour')
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('button', { name: 'Rotate the key' }).click()
  const shown = page.getByRole('region', { name: 'The new key' })
  const fresh = await shown.locator('code').first().innerText()
  await page.getByText(/Replaced, ends in/).waitFor()
  assert.deepEqual([await answerTo(old), await answerTo(fresh)], [200, 200])
  await untilAllWereUsed(ada)

  const gone = page.getByRole('listitem').filter({ hasText: /Replaced, ends in/ })
  await gone.getByRole('button', { name: 'More for CI' }).click()
  await page.getByRole('menuitem', { name: 'Revoke the key' }).click()
  await page.getByText(/It was last used/).waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('button', { name: 'Revoke the key' }).click()
  await page.getByText('1 key no longer works').click()
  await page.getByText(/^Replaced \w{3} /).waitFor()
  assert.deepEqual([await answerTo(old), await answerTo(fresh)], [401, 200])

  await page.setViewportSize(PHONE)
  assert.deepEqual(await findBarriersInThemes(page), [])
  const tooWide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
  assert.equal(tooWide, false, 'nothing is wider than the phone')
})

test('a key that may only read has snippets that read', { skip }, async () => {
  const { page } = await dashboard!.signUp()
  await page.goto('/keys')
  await page.getByRole('button', { name: 'Create a key' }).click()
  await page.getByLabel('Send and change uploads').uncheck()
  await page.getByRole('button', { name: 'Create the key' }).click()
  const shown = page.getByRole('region', { name: 'The new key' })
  await shown.getByText('Read the quota with it').click()
  const cwd = await makeFolder()
  const [curl = '', typescript = ''] = await shown.locator('pre').allInnerTexts()
  assert.equal(JSON.parse((await run('bash', ['-ec', curl], { cwd })).stdout).used, 0)
  await writeFile(join(cwd, 'read.ts'), typescript)
  assert.match((await run(process.execPath, ['read.ts'], { cwd })).stdout, /used: 0,/)
})

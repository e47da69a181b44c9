import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findBarriersInThemes, openDashboard, PHONE, skip } from './browser.ts'
import { join } from './people.ts'

const dashboard = skip ? undefined : await openDashboard()

test('a workspace gets a name and a zone, found by typing, and every page shows times in it', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  await page.goto('/workspace')
  await page.getByText('The only owner: to leave or to step down').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByLabel('Name', { exact: true }).fill('Looms of Ada')
  const zone = page.getByRole('combobox', { name: 'Time zone' })
  await zone.click()
  await page.keyboard.type('kathm')
  await page.getByRole('option', { name: 'Asia/Kathmandu UTC+5:45' }).waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.keyboard.press('Escape')
  assert.equal(await zone.inputValue(), 'UTC')
  await zone.click()
  await page.keyboard.type('utc+5:45')
  await page.getByRole('option', { name: 'Asia/Kathmandu UTC+5:45' }).click()
  await page.getByRole('button', { name: 'Save the settings' }).click()
  await page.getByText('Saved.').waitFor()
  await page.getByText('You are an owner of Looms of Ada.').waitFor()
  const { name, timezone } = await ada.insist('GET', '/workspace')
  assert.equal(name, 'Looms of Ada')
  assert.equal(timezone, 'Asia/Kathmandu')

  await page.getByRole('button', { name: 'Create a workspace' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Second')
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('button', { name: 'Create the workspace' }).click()
  await page.getByText('You are in Second now, and its owner.').waitFor()
  await page.goto('/workspace')
  await page.getByRole('button', { name: 'Go to Looms of Ada' }).click()
  await page.getByText('You are an owner of Looms of Ada.').waitFor()
})

test('a person is invited, invited again, and taken back; the link that is shown is the one that works', {
  skip
}, async () => {
  const { page, context } = await dashboard!.signUp({ viewport: PHONE })
  await page.goto('/workspace')
  await page.getByRole('button', { name: 'Invite a person' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('E-mail').fill('grace@example.com')
  await dialog.getByRole('radio', { name: 'Admin' }).check()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await dialog.getByRole('button', { name: 'Send the invitation' }).click()
  const link = async () => (await dialog.locator('pre').textContent()) as string
  const read = async (url: string) => {
    const token = new URL(url).searchParams.get('invitation')
    const answer = await context.request.get(`/auth/invitations/${token}`)
    return answer.ok() ? (await answer.json()).role : answer.status()
  }
  await dialog.getByText('Link for grace@example.com').waitFor()
  await dialog.getByText('No mail went out').waitFor()
  const first = await link()
  assert.equal(await read(first), 'admin')
  assert.deepEqual(await findBarriersInThemes(page), [])
  await dialog.getByRole('button', { name: 'Done' }).click()

  const more = page.getByRole('button', { name: 'Invitation of grace@example.com: more' })
  await more.click()
  await page.getByRole('menuitem', { name: 'Send a new link' }).click()
  await dialog.getByText('The old link is void.').waitFor()
  assert.deepEqual([await read(first), await read(await link())], [404, 'admin'])
  await dialog.getByRole('button', { name: 'Done' }).click()
  await more.click()
  await page.getByRole('menuitem', { name: 'Take the invitation back' }).click()
  await more.waitFor({ state: 'detached' })
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true)
})

test('roles are changed and people removed; who may not, sees no way to', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const { browser, base, open } = dashboard!
  const grace = await join(browser, base, ada, 'Grace', 'viewer')
  const theirs = await open(grace.context)
  await theirs.goto('/workspace')
  await theirs.getByText('Its admins and owners change what stands here.').waitFor()
  await theirs.getByRole('button', { name: 'Grace: more' }).waitFor()
  assert.deepEqual(await findBarriersInThemes(theirs), [])
  for (const name of ['Invite a person', 'Save the settings', 'Ada Lovelace: more'])
    assert.equal(await theirs.getByRole('button', { name }).count(), 0, name)

  await page.goto('/workspace')
  const changed = page.waitForResponse(answer => answer.request().method() === 'PATCH')
  await page.getByLabel('Role of Grace').selectOption('admin')
  await changed
  await theirs.reload()
  await theirs.getByRole('button', { name: 'Invite a person' }).waitFor()
  await theirs.getByLabel('Role of Grace').waitFor()
  assert.equal(await theirs.getByLabel('Role of Ada Lovelace').count(), 0, 'only an owner changes an owner')
  assert.deepEqual(await theirs.getByLabel('Role of Grace').locator('option').allTextContents(), [
    'Viewer',
    'Member',
    'Admin'
  ])
  await theirs.getByLabel('Role of Grace').selectOption('viewer')
  await theirs.getByRole('button', { name: 'Keep your role' }).click()
  assert.equal(await theirs.getByLabel('Role of Grace').inputValue(), 'admin')

  await page.getByRole('button', { name: 'Grace: more' }).click()
  await page.getByRole('menuitem', { name: 'Remove from the workspace' }).click()
  await page.getByText('is locked out at once').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('button', { name: 'Remove the member' }).click()
  await page.getByText('Grace is not in Analytical Engines any more.').waitFor()
  assert.equal((await ada.insist('GET', '/workspace/members')).items.length, 1)
})

test('whoever leaves goes on in another workspace of theirs', { skip }, async () => {
  const { workspace: ada } = await dashboard!.signUp()
  const { page, workspace: other, email } = await dashboard!.signUp()
  const answer = await ada.insist('POST', '/workspace/invitations', { email, role: 'member' })
  await other.insist('POST', `/auth/invitations/${new URL(answer.url).searchParams.get('invitation')}/accept`)
  await page.goto('/workspace')
  await page.getByText('You are a member of').waitFor()
  await page.getByRole('button', { name: 'Ada Lovelace: more' }).click()
  await page.getByRole('menuitem', { name: 'Leave the workspace' }).click()
  await page.getByRole('button', { name: 'Leave the workspace' }).click()
  await page.waitForURL(url => url.pathname === '/')
  await page.goto('/workspace')
  await page.getByText('You are an owner of').waitFor()
})

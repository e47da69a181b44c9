import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOver, makeVideo } from '../../server/test/workspace.ts'
import { findBarriersInThemes, hasFocus, hears, openDashboard, PHONE, skip } from './browser.ts'

/** Of Instagram's two ways to sign in, one is set up. */
const env = { INSTAGRAM_CLIENT_ID: 'the Instagram app', INSTAGRAM_CLIENT_SECRET: 'its secret' }
const dashboard = skip ? undefined : await openDashboard(env)

test('an account is linked by its pages, dies, is linked again with one press, and is unlinked with a warning', {
  skip
}, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  await page.goto('/accounts')
  const link = page.getByRole('button', { name: 'Link a sandbox account of YouTube' })
  await link.waitFor()
  await page.getByRole('button', { name: 'Not set up here' }).first().click()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await link.click()
  await page.getByRole('heading', { name: 'Link a YouTube account to Analytical Engines' }).waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('link', { name: 'Continue to YouTube' }).click()
  const told = hears(page)
  await page.getByRole('link', { name: 'Sandbox channel 3' }).click()
  await page.getByText('Sandbox channel 3 is linked.').waitFor()
  await told
  const line = page.getByRole('listitem').filter({ hasText: '@sandbox-channel-3' })
  await line.getByText('Active').waitFor()

  const [{ accountId }] = (await ada.insist('GET', '/accounts')).items
  const soon = new Date(Date.now() + 3_600_000).toISOString()
  await ada.upload([accountId], makeVideo(50_000), { title: 'In an hour', scheduledOn: soon })
  await line.getByText('1 scheduled').waitFor()
  await ada.setFaults({ revokeGrant: { at: 'insert' } })
  const stopped = await ada.upload([accountId], makeVideo(50_000), { title: 'It finds the grant dead' })
  await line.getByText('Needs you').waitFor()
  await page.goto(`/accounts?relink=${accountId}`)
  const again = line.getByRole('button', { name: 'Link again: Sandbox channel 3' })
  assert.ok(await hasFocus(again), 'the button that mends it has the focus')
  assert.deepEqual(await findBarriersInThemes(page), [])

  await page.keyboard.press('Enter')
  await page.getByRole('link', { name: 'Continue to YouTube' }).click()
  await page.getByRole('link', { name: 'Sandbox channel 1' }).click()
  await page.getByText('but you came for Sandbox channel 3').waitFor()
  await again.click()
  await page.getByRole('link', { name: 'Continue to YouTube' }).click()
  await page.getByRole('link', { name: 'Deny' }).click()
  await page.getByText('You did not let Upload24 use the account at YouTube.').waitFor()
  await again.click()
  await page.getByRole('link', { name: 'Continue to YouTube' }).click()
  await page.getByRole('link', { name: 'Sandbox channel 3' }).click()
  await page.getByText('Sandbox channel 3 is linked again.').waitFor()
  await line.getByText('Active').waitFor()
  // It went on by itself, perhaps before the page was told of events.
  await ada.waitFor(stopped.uploadId, isOver)
  await page.goto('/accounts')

  await line.getByRole('button', { name: 'more' }).click()
  await page.getByRole('menuitem', { name: 'Unlink the account' }).click()
  await page.getByText('Uploads wait for this account: 1 scheduled.').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('button', { name: 'Unlink the account' }).click()
  await page.getByText('Sandbox channel 3 is unlinked.').waitFor()
  await line.waitFor({ state: 'detached' })
})

test('of the accounts that one sign-in brings, those are linked that were chosen', { skip }, async () => {
  const { page, email, workspace: ada } = await dashboard!.signUp({ viewport: PHONE })
  await page.goto('/accounts')
  await page.getByRole('button', { name: 'Link a sandbox account of Instagram' }).click()
  await page.getByRole('menuitem').first().click()
  await page.getByRole('link', { name: /^Continue to/ }).click()
  await page.locator('[data-channel]').first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('checkbox').nth(1).waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
  assert.deepEqual((await ada.insist('GET', '/accounts')).items, [])
  await dialog.getByRole('checkbox').nth(1).check()
  await dialog.getByRole('button', { name: 'Link 1 account' }).click()
  await page.getByText('is linked.').waitFor()
  const linked = (await ada.insist('GET', '/accounts')).items
  assert.deepEqual(
    linked.map(({ displayName }: { displayName: string }) => displayName),
    ['Sandbox creator 2']
  )
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true)
  await dashboard!.pool.query(
    `update members set role = 'viewer' where user_id = (select id from users where email = $1)`,
    [email]
  )
  await page.goto('/accounts')
  await page.getByText('an admin of this workspace links and unlinks them').waitFor()
  assert.equal(await page.getByRole('button', { name: /^Link/ }).count(), 0)
  await page.goto('/accounts?choose=link_01kantnxs3f7nbapt8gwfv1t3v')
  await page.getByRole('alert').waitFor()
})

test('a way to sign in that is not set up cannot be chosen, and says what it waits for', { skip }, async () => {
  const { page } = await dashboard!.signUp()
  await page.goto('/accounts')
  await page.getByRole('button', { name: 'Link an account of Instagram' }).click()
  const facebook = page.getByRole('menuitem', { name: 'Sign in with Facebook: not set up here' })
  assert.equal(await facebook.getAttribute('aria-disabled'), 'true')
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByRole('menuitem', { name: 'Sign in with Instagram' }).click()
  await page.getByRole('heading', { name: 'Link an Instagram account to Analytical Engines' }).waitFor()

  await page.goto('/accounts')
  const line = page.getByRole('listitem').filter({ hasText: 'YouTube' })
  await line.getByRole('button', { name: 'Not set up here' }).click()
  await line.getByText('They set YOUTUBE_CLIENT_ID and YOUTUBE_CLIENT_SECRET in').waitFor()
  await line.getByRole('link', { name: 'how' }).click()
  await page.getByRole('heading', { name: 'Your apps at the platforms' }).waitFor()
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isOver, makeVideo } from '../../server/test/workspace.ts'
import { findBarriersInThemes, hasFocus, openDashboard, skip } from './browser.ts'

const MB = 1_000_000
const dashboard = skip ? undefined : await openDashboard()

test('a failed account says why in the platform’s words, and one press sends it again', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const account = await ada.link()
  await ada.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle' } })
  const { uploadId } = await ada.upload([account], makeVideo(MB), { title: 'The analytical engine' })
  await ada.waitFor(uploadId, isOver)
  await page.goto(`/uploads/${uploadId}`)
  const retry = page.getByRole('button', { name: 'Retry 1 failed account' })
  await retry.waitFor()
  assert.match((await page.getByRole('alert').textContent()) ?? '', /title/i)
  assert.deepEqual(await findBarriersInThemes(page), [])
  await page.getByText('What was asked, and what came back').click()
  await page.getByText('400', { exact: true }).waitFor()

  await retry.click()
  // Nobody reloads: the events of the workspace bring it.
  await page.getByRole('link', { name: 'Open the post' }).waitFor()
  assert.equal(await retry.count(), 0)
  assert.equal((await ada.posts()).length, 1)
})

test('a post that nobody can tell of is told by a person', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const account = await ada.link()
  const { uploadId } = await ada.upload([account], makeVideo(MB), { title: 'Perhaps' })
  await ada.waitFor(uploadId, isOver)
  await dashboard!.pool.query(
    `update deliveries set status = 'failed', remote_id = null, remote_url = null,
       failure = '{"kind":"unknown","scope":"delivery","code":"outcome_unknown","message":"It may have been published."}'
     where upload_id = (select id from uploads where title = 'Perhaps')`
  )
  await dashboard!.pool.query("select refresh_upload(tenant_id, id) from uploads where title = 'Perhaps'")
  await page.goto('/')
  await page.getByRole('link', { name: 'Say whether it is live' }).click()
  await page.getByRole('button', { name: 'Say whether it is live' }).click()
  const dialog = page.getByRole('dialog')
  assert.deepEqual(await findBarriersInThemes(page), [])
  assert.equal(await dialog.getByRole('button', { name: 'Mark as live' }).isDisabled(), true)
  await dialog.getByLabel('Yes, it is there').check()
  await dialog.getByLabel('Address of the post (optional)').fill('https://example.com/watch')
  await dialog.getByRole('button', { name: 'Mark as live' }).click()
  await dialog.waitFor({ state: 'detached' })
  const { accounts } = await ada.readStatus(uploadId)
  assert.deepEqual([accounts[0]!.status, accounts[0]!.externalUrl], ['Uploaded', 'https://example.com/watch'])
})

test('a scheduled upload is moved, then canceled, then deleted; nothing is posted', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const account = await ada.link()
  const scheduledOn = new Date(Date.now() + 3 * 86_400_000).toISOString()
  const { uploadId } = await ada.upload([account], makeVideo(MB), { title: 'Later', scheduledOn })
  await page.goto(`/uploads/${uploadId}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Title', { exact: true }).fill('Even later')
  await dialog.getByLabel('Goes out').fill('2001-01-01T10:00')
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  // The server refuses, beside the field, and nothing has changed.
  await dialog.getByText(/must be later than now|past/i).waitFor()
  const wished = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 16)
  await dialog.getByLabel('Goes out').fill(wished)
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('heading', { name: 'Even later' }).waitFor()
  assert.equal((await ada.readStatus(uploadId)).scheduledOn?.slice(0, 16), wished)

  const keep = page.getByRole('button', { name: 'Keep it' })
  await page.getByRole('button', { name: 'Cancel', exact: true }).click()
  assert.ok(await hasFocus(keep), 'Enter cancels nothing')
  await page.getByRole('button', { name: 'Cancel 1 account' }).click()
  await page.getByRole('main').getByText('Canceled', { exact: true }).first().waitFor()
  assert.equal((await ada.readStatus(uploadId)).status, 'Canceled')
  assert.deepEqual(await ada.posts(), [])

  await page.getByRole('button', { name: 'More' }).click()
  await page.getByRole('menuitem', { name: 'Delete the upload' }).click()
  assert.ok(await hasFocus(keep), 'Enter deletes nothing')
  await page.getByRole('button', { name: 'Delete the upload' }).click()
  await page.getByText('Nothing was sent yet').waitFor()
  assert.equal((await ada.ask('GET', `/api/upload/${uploadId}/status`)).status, 404)
})

test('text and options of a scheduled upload are changed for all accounts or one, and only what differs is sent', {
  skip
}, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const [first, second] = [await ada.link(0), await ada.link(1)]
  const scheduledOn = new Date(Date.now() + 3 * 86_400_000).toISOString()
  const options = { categoryId: '22', privacyStatus: 'unlisted', defaultLanguage: 'en', defaultAudioLanguage: 'en' }
  const { uploadId } = await ada.upload([first, second], makeVideo(MB), {
    title: 'Before',
    description: 'Of engines',
    youtube: JSON.stringify({ ...options, tags: ['loom'] }),
    scheduledOn
  })
  await page.goto(`/uploads/${uploadId}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog')
  const save = dialog.getByRole('button', { name: 'Save', exact: true })
  await dialog.getByText('Fits', { exact: true }).nth(1).waitFor()
  assert.ok(await hasFocus(dialog.getByLabel('Title', { exact: true })))
  assert.equal(await save.isDisabled(), true, 'nothing differs yet')

  assert.equal(await dialog.getByLabel('Description', { exact: true }).inputValue(), 'Of engines')
  await dialog.getByLabel('Description', { exact: true }).fill('Of looms')
  await dialog.getByRole('button', { name: /Options for Sandbox channel 1/ }).click()
  assert.equal(await dialog.getByLabel('Visibility').inputValue(), 'unlisted')
  await dialog.getByLabel('Visibility').selectOption('public')
  await dialog.getByRole('button', { name: 'Remove loom' }).click()
  await dialog.getByRole('button', { name: /Options for Sandbox channel 2/ }).click()
  await dialog.getByText('This account alone').click()
  await dialog.getByLabel('Visibility').selectOption('private')
  await dialog.getByLabel('Another title here').check()
  const titleHere = dialog.getByLabel('Title here', { exact: true })
  await titleHere.fill('')
  await dialog.getByRole('button', { name: /Options for Sandbox channel 2/ }).click()
  // The server refuses: the row opens, and the words stand at the field.
  await save.click()
  await dialog.getByText('Nothing was saved. 1 account would refuse it.').waitFor()
  assert.equal(await titleHere.getAttribute('aria-invalid'), 'true')
  assert.deepEqual(await findBarriersInThemes(page), [])
  assert.equal((await ada.insist('GET', `/api/upload/${uploadId}`)).description, 'Of engines')

  await titleHere.fill('The second')
  const asked = page.waitForRequest(request => request.method() === 'PATCH')
  await save.click()
  assert.deepEqual((await asked).postDataJSON(), {
    description: 'Of looms',
    youtube: { privacyStatus: 'public', tags: null },
    accountOptions: { [second]: { title: 'The second', privacyStatus: 'private' } }
  })
  await dialog.waitFor({ state: 'detached' })
  const { youtube } = await ada.insist('GET', `/api/upload/${uploadId}`)
  assert.deepEqual(youtube, { ...options, privacyStatus: 'public' })
})

test('a change that comes too late says so and saves nothing; one that is left asks first', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const account = await ada.link()
  await ada.setFaults({ delayMs: { at: 'insert', times: 1, ms: 4000 } })
  const scheduledOn = new Date(Date.now() + 3 * 86_400_000).toISOString()
  const { uploadId } = await ada.upload([account], makeVideo(MB), { title: 'As it was', scheduledOn })
  await page.goto(`/uploads/${uploadId}`)
  await page.getByRole('button', { name: 'Edit' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Title', { exact: true }).fill('Too late')
  await page.keyboard.press('Escape')
  await dialog.getByText('What you changed here is not saved.').waitFor()
  const stay = dialog.getByRole('button', { name: 'Keep editing' })
  assert.ok(await hasFocus(stay), 'the harmless button has the focus')
  await stay.click()
  // A colleague is faster by a moment.
  await page.route(`**/api/upload/${uploadId}`, async route => {
    if (route.request().method() === 'PATCH') {
      await ada.insist('PATCH', `/api/upload/${uploadId}`, { scheduledOn: null })
      // Until a worker has taken it up, it is not too late.
      await ada.waitFor(uploadId, ({ accounts }) => accounts.every(({ status }) => status !== 'Scheduled'))
    }
    await route.continue()
  })
  await dialog.getByRole('button', { name: 'Save', exact: true }).click()
  await dialog.getByText('Too late: publishing has begun, with what was sent before.').waitFor()
  assert.equal(await dialog.getByRole('button', { name: 'Save', exact: true }).count(), 0)
  assert.deepEqual(await findBarriersInThemes(page), [])
  await dialog.getByRole('button', { name: 'Close' }).last().click()
  await page.locator('[aria-current=step]', { hasText: 'Live' }).waitFor()
  assert.deepEqual(
    (await ada.posts()).map(({ title }) => title),
    ['As it was']
  )
})

test('an address that leads nowhere says so', { skip }, async () => {
  const { page } = await dashboard!.signUp()
  await page.goto('/uploads/upload_01kbaaaaaaaaaaaaaaaaaaaaaa')
  await page.getByRole('alert').waitFor()
  assert.deepEqual(await findBarriersInThemes(page), [])
})

test('the board follows the bytes while they move, over a restart of the server', { skip }, async () => {
  const { page, workspace: ada } = await dashboard!.signUp()
  const account = await ada.link()
  // The second chunk is under way until the server is gone.
  await ada.setFaults({ delayMs: { at: 'chunk', after: 1, times: 1, ms: 120_000 } })
  const { uploadId } = await ada.upload([account], makeVideo(20 * MB), { title: 'In motion' })
  await ada.waitFor(uploadId, ({ accounts }) => accounts.some(({ progress }) => progress.bytesSent > 0))
  await page.goto(`/uploads/${uploadId}`)
  await page.getByText(/MB of 20\.0 MB sent/).waitFor()
  assert.equal(await page.locator('[aria-current=step]').textContent(), 'Sending')
  await dashboard!.restart()
  await page.locator('[aria-current=step]', { hasText: 'Live' }).waitFor()
  assert.equal((await ada.posts()).length, 1)
})

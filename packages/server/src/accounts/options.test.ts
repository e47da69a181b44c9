import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openLinkingWorld } from '../../test/linking-world.ts'

const world = await openLinkingWorld(await testDatabase())
const optionsOf = async (n: number, platform: string) => {
  const workspace = await world.newWorkspace()
  const { accountId } = await workspace.link(n, { platform })
  const read = async () => (await workspace.call('GET', `/accounts/${accountId}/options`)).body
  return { ...workspace, accountId, read }
}

test('what the account has switched off is told with its reason, and its choices with their words', async () => {
  const { read, accountId } = await optionsOf(3, 'tiktok')
  const body = await read()
  assert.deepEqual([body.accountId, body.platform], [accountId, 'tiktok'])
  assert.deepEqual(body.fields.allowComment, {
    disabled: 'The settings of this TikTok account do not allow comments.',
    choices: null,
    error: null
  })
  assert.equal(body.fields.allowDuet, undefined)
  assert.deepEqual(body.fields.privacyLevel.choices[0], { value: 'PUBLIC_TO_EVERYONE', label: 'Everyone' })
})

test("the limits are the account's own", async () => {
  const [usual, short] = [await optionsOf(0, 'tiktok'), await optionsOf(4, 'tiktok')]
  assert.equal((await short.read()).media.seconds[1], 60)
  assert.ok((await usual.read()).media.seconds[1] > 60)
})

test('a platform that does not answer costs its choices, not the form', async () => {
  const { read, call } = await optionsOf(0, 'tiktok')
  await call('PUT', '/sandbox/tiktok/faults', { status: { code: 503, times: 100 } })
  const { fields, media } = await read()
  assert.equal(fields.privacyLevel.choices, null)
  assert.match(fields.privacyLevel.error, /TikTok/)
  assert.ok(media.maxBytes > 0)
})

test('an account that was unlinked, or is none, has no options', async () => {
  const { call, accountId } = await optionsOf(0, 'youtube')
  await call('DELETE', `/accounts/${accountId}`)
  for (const id of [accountId, 'account_x']) assert.equal((await call('GET', `/accounts/${id}/options`)).status, 404)
})

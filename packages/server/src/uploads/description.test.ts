import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { faultsOf, openUploadWorld } from '../../test/upload-world.ts'
import { newId, publicId, readId } from '../lib/ids.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const tenant = await world.newTenant({ accounts: 2 })
const [first, second] = tenant.accounts as [string, string]
const stranger = (await world.newTenant({ accounts: 1 })).accounts[0] as string

const whole = {
  title: 'Spring launch teaser',
  accounts: [first],
  fileName: 'video.mp4',
  fileSize: 1000,
  contentType: 'video/mp4'
}
const YOUTUBE = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }
const start = (more: object, path = '/api/upload/presign-put') => tenant.post(path, { ...whole, ...more })

/** Refused, for exactly these reasons, and nothing is left of it. */
async function refuses(more: object, faults: string[], code = 'validation_failed', path?: string) {
  const before = await world.traces()
  const answer = await start(more, path)
  assert.deepEqual([answer.status, answer.body.code, faultsOf(answer)], [422, code, faults.sort()])
  assert.deepEqual(await world.traces(), before)
  return answer
}
async function accepts(more: object, path?: string) {
  const answer = await start(more, path)
  assert.equal(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
}

test('a title has 1 to 2200 code points after trimming', async () => {
  const emoji = '👩‍🚀'
  assert.equal([...emoji].length, 3)
  await accepts({ title: 'x' })
  await accepts({ title: ` ${'é'.repeat(2200)}\n` })
  await accepts({ title: `${emoji.repeat(300)}${'x'.repeat(1300)}` })
  await refuses({ title: `${emoji.repeat(300)}${'x'.repeat(1301)}` }, ['title invalid_value'])
  await refuses({ title: '🚀'.repeat(2201) }, ['title invalid_value'])
  // 2200 of these are a title, but YouTube has no room for their 8800 bytes.
  await refuses({ title: '🚀'.repeat(2200) }, ['title too_long'], 'target_refused')
  await accepts({ title: '🚀'.repeat(2200), accountOptions: { [first]: { title: 'Launch' } } })
  await refuses({ title: 'x'.repeat(2201) }, ['title invalid_value'])
  await refuses({ title: '' }, ['title too_small'])
  await refuses({ title: ' \t\n\u00a0\u3000' }, ['title too_small'])
  await refuses({ title: undefined }, ['title required'])
  await refuses({ title: null }, ['title invalid_type'])
})

test('a description has up to 5000 code points', async () => {
  await accepts({ description: 'x'.repeat(5000) })
  await accepts({ description: '' })
  await refuses({ description: 'x'.repeat(5001) }, ['description invalid_value'])
})

test('what a platform has no room for is told with the account, its limit and what was measured', async () => {
  const { body } = await refuses({ description: 'é'.repeat(2501) }, ['description too_long'], 'target_refused')
  const [{ message, ...fault }] = body.errors
  assert.deepEqual(fault, {
    path: 'description',
    code: 'too_long',
    accountId: first,
    platform: 'youtube',
    limit: 5000,
    measured: 5002
  })
  await accepts({ description: 'é'.repeat(2501), accountOptions: { [first]: { description: 'short' } } })
})

test('a file has 1 to 2147483648 bytes', async () => {
  await accepts({ fileSize: 1 })
  await accepts({ fileSize: 2_147_483_648 })
  await refuses({ fileSize: 2_147_483_649 }, ['fileSize too_big'])
  await refuses({ fileSize: 0 }, ['fileSize too_small'])
  await refuses({ fileSize: -1 }, ['fileSize too_small'])
  await refuses({ fileSize: 1.5 }, ['fileSize invalid_type'])
  await refuses({ fileSize: '1000' }, ['fileSize invalid_type'])
  await refuses({ fileSize: undefined }, ['fileSize required'])
})

test('a part has 5 MiB to 512 MiB, the last one what is left', async () => {
  const path = '/api/upload/multipart'
  const MiB = 2 ** 20
  const sizesOf = async (more: object) => {
    const { partSize, parts } = await accepts(more, path)
    assert.deepEqual(
      parts.map((part: { partNumber: number }) => part.partNumber),
      parts.map((_: unknown, index: number) => index + 1)
    )
    return [partSize, parts.length, parts[0].size, parts.at(-1).size]
  }
  assert.deepEqual(await sizesOf({ fileSize: 2 ** 31, partSize: 5 * MiB }), [5 * MiB, 410, 5 * MiB, 3 * MiB])
  assert.deepEqual(await sizesOf({ fileSize: 2 ** 31, partSize: 512 * MiB }), [512 * MiB, 4, 512 * MiB, 512 * MiB])
  assert.deepEqual(await sizesOf({ fileSize: 2 ** 31 }), [16 * MiB, 128, 16 * MiB, 16 * MiB])
  assert.deepEqual(await sizesOf({ fileSize: 1 }), [16 * MiB, 1, 1, 1])
  assert.deepEqual(await sizesOf({ fileSize: 5 * MiB + 1, partSize: 5 * MiB }), [5 * MiB, 2, 5 * MiB, 1])
  await refuses({ partSize: 5 * MiB - 1 }, ['partSize too_small'], undefined, path)
  await refuses({ partSize: 512 * MiB + 1 }, ['partSize too_big'], undefined, path)
  await refuses({ partSize: 5 * MiB }, ['partSize unknown_field'])
})

test('a file has a name and a video type', async () => {
  await accepts({ fileName: 'ü'.repeat(255), contentType: 'Video/QuickTime' })
  await accepts({ fileName: '../../etc/passwd' })
  await refuses({ fileName: 'x'.repeat(256), contentType: 'image/png' }, [
    'contentType invalid_format',
    'fileName too_big'
  ])
  await refuses({ fileName: ' ', contentType: 'video/' }, ['contentType invalid_format', 'fileName too_small'])
  await refuses({ fileName: 7, contentType: undefined }, ['contentType required', 'fileName invalid_type'])
})

test('each account must be linked to this workspace and active', async () => {
  const relink = await tenant.newAccount({ status: 'needs_relink' })
  const revoked = await tenant.newAccount({ status: 'revoked' })
  const accounts = [
    first,
    stranger,
    relink,
    publicId('account', newId()),
    revoked,
    'nonsense',
    publicId('upload', newId())
  ]
  await refuses({ accounts }, [
    'accounts[1] account_not_found',
    'accounts[2] account_not_active',
    'accounts[3] account_not_found',
    'accounts[4] account_not_active',
    'accounts[5] account_not_found',
    'accounts[6] account_not_found'
  ])
  await refuses({ accounts: [first.toUpperCase(), `${first} `] }, [
    'accounts[0] account_not_found',
    'accounts[1] account_not_found'
  ])
})

test('accounts are a list of 1 to 100 texts', async () => {
  await refuses({ accounts: undefined }, ['accounts required'])
  await refuses({ accounts: [] }, ['accounts too_small'])
  await refuses({ accounts: first }, ['accounts invalid_type'])
  await refuses({ accounts: [first, 7, null] }, ['accounts[1] invalid_type', 'accounts[2] invalid_type'])
  await refuses({ accounts: Array(101).fill(first) }, ['accounts too_big'])
  await accepts({ accounts: Array(100).fill(first) })
})

test('the same account twice is one target, and costs one', async () => {
  const before = (await tenant.readQuota()).reserved
  await accepts({ accounts: [second, first, second, first] })
  assert.equal((await tenant.readQuota()).reserved, before + 2)
})

test('a key that is limited to accounts may name those alone', async () => {
  const headers = { 'x-api-key': await tenant.newKey([readId('account', second) as string]) }
  const answer = await tenant.post('/api/upload/presign-put', { ...whole, accounts: [second, first] }, headers)
  assert.deepEqual([answer.status, ...faultsOf(answer)], [422, 'accounts[1] account_not_allowed'])
  const alone = await tenant.post('/api/upload/presign-put', { ...whole, accounts: [second] }, headers)
  assert.equal(alone.status, 201)
})

test('an unknown field is refused with the name that was probably meant', async () => {
  const { body } = await refuses(
    { scheduleOn: '2027-04-18T09:30:00Z', titel: 'x', toString: 1, constructor: 2, hasOwnProperty: 3 },
    [
      'constructor unknown_field',
      'hasOwnProperty unknown_field',
      'scheduleOn unknown_field',
      'titel unknown_field',
      'toString unknown_field'
    ]
  )
  const said = body.errors.map((fault: { message: string }) => /"(.*)"/.exec(fault.message)?.[1])
  assert.deepEqual(said.slice(0, 2), ['scheduledOn', 'title'])
})

test('options go to targets alone', async () => {
  await refuses({ accountOptions: { [second]: { title: 'x' }, nobody: {} } }, [
    `accountOptions.${second} not_a_target`,
    'accountOptions.nobody not_a_target'
  ])
  await refuses(
    { accountOptions: { [first]: { titel: 'x', madeForKids: 'yes' } } },
    [
      `accountOptions.${first}.madeForKids invalid_type`,
      `accountOptions.${first}.titel unknown_field`,
      'youtube.categoryId required',
      'youtube.defaultAudioLanguage required',
      'youtube.defaultLanguage required'
    ],
    'target_refused'
  )
  await refuses({ accountOptions: { [first]: { title: 'x'.repeat(2201) } } }, [
    `accountOptions.${first}.title invalid_value`
  ])
  await refuses({ accountOptions: [] }, ['accountOptions invalid_type'])
  const elsewhere = await tenant.newAccount({ platform: 'elsewhere' })
  await refuses({ accounts: [elsewhere], youtube: YOUTUBE }, ['accounts[0] platform_unknown', 'youtube not_a_target'])
  await refuses({ accounts: [first, elsewhere] }, ['accounts[1] platform_unknown'])
})

test('YouTube options need category and both languages, checked on the merged result', async () => {
  const three = ['categoryId', 'defaultAudioLanguage', 'defaultLanguage'].map(name => `youtube.${name} required`)
  await refuses({ youtube: {} }, three, 'target_refused')
  await refuses({ accounts: [first, second], youtube: {} }, three, 'target_refused')
  await refuses({ youtube: 'public' }, ['youtube invalid_type'], 'target_refused')
  await refuses({ youtube: null }, ['youtube invalid_type'], 'target_refused')
  const { categoryId, ...languages } = YOUTUBE
  await accepts({ youtube: languages, accountOptions: { [first]: { categoryId } } })
  await refuses(
    { accounts: [first, second], youtube: languages, accountOptions: { [first]: { categoryId } } },
    ['youtube.categoryId required'],
    'target_refused'
  )
  await accepts({ youtube: YOUTUBE })
})

test('options are checked also where no account of theirs could be read', async () => {
  await refuses({ accounts: [stranger], youtube: { defaultLanguage: '??', tagz: [] } }, [
    'accounts[0] account_not_found',
    'youtube.categoryId required',
    'youtube.defaultAudioLanguage required',
    'youtube.defaultLanguage invalid_value',
    'youtube.tagz unknown_field'
  ])
  await refuses({ accounts: undefined, youtube: {} }, [
    'accounts required',
    'youtube.categoryId required',
    'youtube.defaultAudioLanguage required',
    'youtube.defaultLanguage required'
  ])
  await refuses(
    {
      accounts: [stranger],
      youtube: { ...YOUTUBE, categoryId: undefined },
      accountOptions: { [stranger]: { categoryId: '22' } }
    },
    ['accounts[0] account_not_found']
  )
  const revoked = await tenant.newAccount({ status: 'revoked' })
  await refuses({ accounts: [revoked], youtube: { ...YOUTUBE, categoryId: '7' } }, [
    'accounts[0] account_not_active',
    'youtube.categoryId invalid_value'
  ])
})

test('fields, accounts, options, file and schedule are told in one answer', async () => {
  await refuses(
    {
      title: '',
      titel: 'x',
      description: 'a\u0000b',
      accounts: [first, 'account_x'],
      scheduledOn: '2027-04-18T09:30:00',
      fileSize: 0,
      contentType: 'text/plain',
      youtube: { privacyStatus: 'secret' },
      accountOptions: { [second]: {} }
    },
    [
      `accountOptions.${second} not_a_target`,
      'accounts[1] account_not_found',
      'contentType invalid_format',
      'description invalid_text',
      'fileSize too_small',
      'scheduledOn zone_missing',
      'titel unknown_field',
      'title too_small',
      'youtube.categoryId required',
      'youtube.defaultAudioLanguage required',
      'youtube.defaultLanguage required',
      'youtube.privacyStatus invalid_value'
    ]
  )
})

test('a schedule of a wrong type has one fault', async () => {
  await refuses({ scheduledOn: 1808472600, timezone: 'Europe/Berlin' }, ['scheduledOn invalid_type'])
  await refuses({ scheduledOn: null }, ['scheduledOn invalid_type'])
  await refuses({ timezone: 'Europe/Berlin' }, ['timezone not_used'])
})

test('U+0000 and half a surrogate pair are refused wherever they stand', async () => {
  await refuses({ title: 'a\u0000b' }, ['title invalid_text'])
  await refuses({ title: 'a\ud800b', fileName: '\u0000' }, ['fileName invalid_text', 'title invalid_text'])
  await refuses({ youtube: { ...YOUTUBE, tags: ['a', '\udc00'] } }, ['youtube.tags[1] invalid_text'])
})

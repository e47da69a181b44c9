import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Attempt } from '@upload24/contract'
import { openTokens, sealTokens } from '../src/accounts/grant.ts'
import { readId } from '../src/lib/ids.ts'
import { writePlace } from '../src/uploads/cursors.ts'
import { createBrowser } from './browser.ts'
import { UNKNOWN } from './change-world.ts'
import { testDatabase } from './database.ts'
import { openDeliveryWorld } from './delivery-world.ts'
import { isOver, makeVideo } from './workspace.ts'

const MiB = 2 ** 20
const AT_ONCE = { processing: { seconds: 0, times: 9 } }
const YOUTUBE = { categoryId: '22', defaultLanguage: 'en', defaultAudioLanguage: 'en' }
const TIKTOK = { privacyLevel: 'SELF_ONLY', commercialContent: true, brandedContent: false, yourBrand: true }

const database = await testDatabase()
const { pool } = database
const world = await openDeliveryWorld(database)
const ada = await world.newWorkspace()

async function link(platform: string): Promise<string> {
  const { authorizeUrl } = await ada.insist('POST', '/accounts/link', { platform, sandbox: true })
  return (await createBrowser().link(authorizeUrl)).end.searchParams.get('linked') ?? ''
}
const [youtube, tiktok, instagram] = [await link('youtube'), await link('tiktok'), await link('instagram')]

await ada.insist('PUT', '/sandbox/tiktok/faults', { processing: { seconds: 0, idSeconds: 0, times: 9 } })
await ada.insist('PUT', '/sandbox/instagram/faults', AT_ONCE)

const read = async (uploadId: string, query = ''): Promise<{ items: Attempt[]; nextCursor: string | null }> =>
  ada.insist('GET', `/api/upload/${uploadId}/attempts${query}`)
const told = ({ call, status, verdict, code }: Attempt) => [call, status, verdict, code]

test('the journal tells each call of a stormy upload, oldest first, and what came of it', async () => {
  await ada.setFaults({
    ...AT_ONCE,
    status: [
      { at: 'insert', code: 500 },
      { at: 'chunk', code: 401 }
    ],
    cutAnswer: { at: 'lastChunk' }
  })
  const { uploadId } = await ada.upload([youtube], makeVideo(9 * MiB))
  await ada.waitFor(uploadId, isOver, ada.hurry)
  const { items, nextCursor } = await read(uploadId)
  assert.equal(nextCursor, null)
  assert.deepEqual(items.map(told), [
    ['prepare', 500, 'refused', 'platform_error'],
    ['prepare', 200, 'answered', null],
    ['send', 401, 'refused', null],
    ['renew', 200, 'answered', null],
    ['send', 308, 'answered', null],
    ['send', null, 'lost', null],
    ['check', 201, 'answered', null],
    ['check', 200, 'answered', null]
  ])
  assert.deepEqual(
    items.map(({ bytes }) => bytes),
    [null, null, 8 * MiB, null, 8 * MiB, MiB, null, null]
  )
  assert.ok(items.every(({ kind, accountId }) => kind === 'call' && accountId))
  const [asked, renewals] = [items.filter(({ call }) => call !== 'renew'), items.filter(({ call }) => call === 'renew')]
  assert.ok(asked.every(({ host }) => host === 'www.googleapis.com'))
  assert.deepEqual(
    renewals.map(({ host, path }) => `${host}${path}`),
    ['oauth2.googleapis.com/token']
  )
  assert.equal(
    items[4]?.path,
    '/upload/youtube/v3/videos?uploadType=resumable&part=snippet,status&notifySubscribers=true&upload_id=***'
  )
  const times = items.map(({ at }) => at)
  assert.deepEqual(times, times.toSorted())
})

test('a token that is about to die is renewed first, and the journal says so', async () => {
  const { seal } = world.app
  const id = readId('account', youtube)
  const { rows } = await pool.query('select tokens from accounts where id = $1', [id])
  const [issuedAt, expiresAt] = [Date.now() - 3_540_000, Date.now() + 60_000].map(at => new Date(at)) as [Date, Date]
  const aged = sealTokens(seal, id as string, {
    ...openTokens(seal, id as string, rows[0].tokens),
    issuedAt,
    expiresAt
  })
  await pool.query('update accounts set tokens = $2 where id = $1', [id, aged])
  await ada.setFaults(AT_ONCE)
  const { uploadId } = await ada.upload([youtube], makeVideo(20_000))
  await ada.waitFor(uploadId, isOver, ada.hurry)
  const { items } = await read(uploadId)
  assert.deepEqual(items.slice(0, 2).map(told), [
    ['renew', 200, 'answered', null],
    ['prepare', 200, 'answered', null]
  ])
})

test('pages of any length follow each other without a gap or a repeat, of one account or of all', async () => {
  await ada.setFaults(AT_ONCE)
  const { uploadId } = await ada.upload([youtube, tiktok], makeVideo(200_000), {
    tiktok: JSON.stringify(TIKTOK),
    youtube: JSON.stringify({ ...YOUTUBE, firstComment: 'First!' })
  })
  const areOver = async () => {
    await ada.hurry()
    const open = `select from deliveries where upload_id = $1 and status in ('scheduled', 'running')`
    return (await pool.query(open, [readId('upload', uploadId)])).rows.length === 0
  }
  await ada.waitFor(uploadId, isOver, ada.hurry)
  while (!(await areOver())) await ada.readStatus(uploadId)
  const { items: all } = await read(uploadId)
  const paged: Attempt[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page = await read(uploadId, `?limit=3${cursor && `&cursor=${cursor}`}`)
    assert.ok(page.items.length <= 3)
    paged.push(...page.items)
    cursor = page.nextCursor
  }
  assert.deepEqual(paged, all)
  assert.equal(all.find(({ kind }) => kind === 'consent')?.accountId, tiktok)
  assert.ok(all.some(({ followUp, call }) => followUp === 'comment' && call === 'commit'))
  const { items: ofOne } = await read(uploadId, `?accountId=${youtube}`)
  assert.deepEqual(
    ofOne,
    all.filter(({ accountId }) => accountId === youtube)
  )
  const forged = ['0000-01-01', '2026-02-30', '2026-13-01'].map(day =>
    writePlace({ at: `${day}T00:00:00.000000Z`, deliveryId: '01a2053a-0288-7097-8200-131c1d368d4d', rank: 1, n: 1 })
  )
  const cursors = ['AAAA', ...forged].map(cursor => `?cursor=${cursor}`)
  for (const query of [...cursors, '?accountId=upload_1', '?limit=0']) {
    assert.equal((await ada.ask('GET', `/api/upload/${uploadId}/attempts${query}`)).status, 422, query)
  }
})

test('what was decided without asking, and what people decided, are entries of their own', async () => {
  const scheduledOn = new Date(Date.now() + 3_600_000).toISOString()
  const { uploadId } = await ada.upload([youtube], makeVideo(20_000), { scheduledOn })
  const path = `/api/upload/${uploadId}`
  const set = (columns: string) =>
    pool.query(`update deliveries set ${columns} where upload_id = $1`, [readId('upload', uploadId)])
  // Its time has come and gone while nobody could work on it.
  await set(`status = 'running', ask_at = now(), give_up_at = now() - interval '1 minute'`)
  await pool.query('notify deliveries')
  await ada.waitFor(uploadId, isOver)
  await set(`ask_at = now() + interval '1 hour'`)
  await pool.query(`update accounts set parked_until = now() + interval '1 hour' where id = $1`, [
    readId('account', youtube)
  ])
  await ada.insist('POST', `${path}/retry`, {})
  await ada.insist('POST', `${path}/cancel`, {})
  await ada.waitFor(uploadId, ({ status }) => status === 'Canceled')
  const { items } = await read(uploadId)
  assert.deepEqual(
    items.map(({ kind, code, by }) => [kind, code, by?.slice(0, 5)]),
    [
      ['ended', 'gave_up', undefined],
      ['retried', null, 'user_'],
      ['canceled', null, 'user_']
    ]
  )
  assert.ok(items.every(({ message, verdict }) => message && verdict === null))
  await pool.query('update accounts set parked_until = now() where id = $1', [readId('account', youtube)])
})

test('a call that nobody wrote the end of is told as begun, until a person tells what became of it', async () => {
  const scheduledOn = new Date(Date.now() + 3_600_000).toISOString()
  const { uploadId } = await ada.upload([youtube], makeVideo(20_000), { scheduledOn })
  await pool.query(`update deliveries set attempts = 3, ${UNKNOWN} where upload_id = $1`, [readId('upload', uploadId)])
  const { items } = await read(uploadId)
  assert.deepEqual(items.map(told), [['send', null, 'began', null]])
  assert.match(items[0]?.message ?? '', /is not answered/)
  await ada.insist('POST', `/api/upload/${uploadId}/resolve`, { accountId: youtube, live: true })
  const after = await read(uploadId)
  assert.deepEqual(
    after.items.map(({ kind, message }) => [kind, message]),
    [['resolved', 'A person looked, and the post is there.']]
  )
})

test('a key for certain accounts reads the journals of what went to those alone', async () => {
  const { uploadId } = await ada.upload([youtube], makeVideo(20_000))
  const ask = async (accounts: readonly string[]) => {
    const { key } = await ada.insist('POST', '/api-keys/generate', { name: 'reader', accounts })
    const headers = { 'x-api-key': key }
    return (await fetch(`${world.wire.base}/api/upload/${uploadId}/attempts`, { headers })).status
  }
  assert.deepEqual([await ask([youtube]), await ask([tiktok])], [200, 404])
})

test('no row of a real run on every platform holds a token, an upload id or the address of a session', async () => {
  await ada.setFaults({ ...AT_ONCE, status: { at: 'chunk', code: 401 } })
  const { uploadId } = await ada.upload([youtube, tiktok, instagram], makeVideo(200_000), {
    tiktok: JSON.stringify(TIKTOK)
  })
  await ada.waitFor(uploadId, isOver, ada.hurry)
  const { rows } = await pool.query<{ row: string }>(
    'select a::text as row from attempts a where a.tenant_id = $1 order by delivery_id, n',
    [ada.tenantId]
  )
  const hosts = new Set((await read(uploadId)).items.map(({ host }) => host))
  assert.ok(hosts.size >= 3 && rows.length >= 20, `${[...hosts]}: ${rows.length} rows`)
  const written = `${rows.map(each => each.row).join('\n')}\n${JSON.stringify(await read(uploadId))}`
  const secrets = await findSecrets()
  const wire = decodeURIComponent(world.wire.seen.map(({ path }) => path).join(' '))
  const onWire = [...secrets].filter(secret => wire.includes(secret))
  assert.ok(onWire.length >= 3 && secrets.size >= 8, 'there is something to find')
  for (const secret of secrets) assert.ok(!written.includes(secret), secret)
})

/** Whatever opens a door of these accounts: tokens old and new, upload ids as they went over the wire, what the connectors remember. */
async function findSecrets(): Promise<Set<string>> {
  const { seal } = world.app
  const accounts = await pool.query('select id, tokens, previous_tokens from accounts where tenant_id = $1', [
    ada.tenantId
  ])
  const tokens = accounts.rows.flatMap(({ id, tokens, previous_tokens }) =>
    [tokens, previous_tokens].filter(Boolean).flatMap(sealed => textsOf(openTokens(seal, id, sealed)))
  )
  const deliveries = await pool.query('select id, state from deliveries where tenant_id = $1 and state is not null', [
    ada.tenantId
  ])
  const states = deliveries.rows.flatMap(({ id, state }) => textsOf(JSON.parse(seal.open(state, `delivery:${id}`))))
  const sent = world.wire.seen.flatMap(({ path }) =>
    [...new URL(path, 'http://sandbox').searchParams].flatMap(([name, value]) =>
      /token|upload_id|secret|code/.test(name) ? [value] : []
    )
  )
  // Names, times and short ids of things are no secrets.
  const isSecret = (text: string) => text.length >= 20 && !text.includes(' ') && !/^\d{4}-\d\d-\d\dT/.test(text)
  return new Set([...tokens, ...states, ...sent].filter(isSecret))
}

const textsOf = (value: unknown): string[] =>
  typeof value === 'string'
    ? [value]
    : typeof value === 'object' && value !== null
      ? Object.values(value).flatMap(textsOf)
      : []

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { secondsToMidnight } from '@upload24/connectors'
import type { UploadStatus } from '@upload24/contract'
import { readId } from '../src/lib/ids.ts'
import { seenSeconds } from '../src/lib/metrics.ts'
import { testDatabase } from './database.ts'
import { openDeliveryWorld } from './delivery-world.ts'
import { bestOf, until } from './processes.ts'
import type { Seen } from './wire.ts'
import { isOver, makeVideo } from './workspace.ts'

const MiB = 2 ** 20
const CHUNK = 8 * MiB
const AT_ONCE = { processing: { seconds: 0, times: 9 } }

const database = await testDatabase()
const { pool } = database
const world = await openDeliveryWorld(database)
const { seen } = world.wire

type Workspace = Awaited<ReturnType<typeof world.newWorkspace>>

/** A workspace with one linked channel and these faults. */
async function open(faults: object) {
  const ada = await world.newWorkspace()
  const account = await ada.link()
  await ada.setFaults({ ...AT_ONCE, ...faults })
  return { ada, account }
}

/** Publishes a video of so many bytes, without the waits between the steps; answers how it ended. */
async function publish(ada: Workspace, account: string, bytes: number) {
  const video = makeVideo(bytes)
  const from = seen.length
  const { uploadId } = await ada.upload([account], video)
  const status = await ada.waitFor(uploadId, isOver, ada.hurry)
  return { uploadId, video, status, target: status.accounts[0]!, wire: seen.slice(from) }
}

async function assertOnePost(ada: Workspace, video: Buffer): Promise<void> {
  const posts = await ada.posts()
  assert.deepEqual(
    posts.map(post => post.sha256),
    [createHash('sha256').update(video).digest('hex')]
  )
}

const chunksOf = (wire: readonly Seen[]) => wire.flatMap(({ range }) => (range ? [range.start] : []))
const queriesOf = (wire: readonly Seen[]) =>
  wire.filter(({ method, path, range }) => method === 'PUT' && path.includes('upload_id') && !range)
const isInsert = ({ method, path }: Seen) => method === 'POST' && path.includes('uploadType=resumable')
const insertsOf = (wire: readonly Seen[]) => wire.filter(isInsert)
const errorOf = ({ accounts: [target] }: UploadStatus) => target?.errorCode

test('a lost answer to the last chunk does not post twice', async () => {
  const { ada, account } = await open({ cutAnswer: { at: 'lastChunk' } })
  const { status, video, wire } = await publish(ada, account, MiB)
  assert.equal(status.status, 'Uploaded')
  assert.deepEqual(chunksOf(wire), [0])
  assert.equal(queriesOf(wire).length, 1)
  await assertOnePost(ada, video)
})

test('how long after its commit a post was found is counted, apart for commits that were not answered', async () => {
  const count = async (commit: string) => {
    const { values } = await seenSeconds.get()
    return (
      values.find(({ metricName, labels }) => metricName?.endsWith('_count') && labels.commit === commit)?.value ?? 0
    )
  }
  const before = [await count('doubtful'), await count('acknowledged')]
  const { ada, account } = await open({ cutAnswer: { at: 'lastChunk' } })
  await publish(ada, account, MiB)
  // It is counted once it is written, and may be read of before.
  await until(async () => (await count('acknowledged')) > before[1]!, 'the count')
  assert.deepEqual([await count('doubtful'), await count('acknowledged')], [before[0]! + 1, before[1]! + 1])
})

test('a last chunk that never arrived is sent again only when silence counts', async () => {
  const { ada, account } = await open({ dropRequest: { at: 'lastChunk' } })
  const video = makeVideo(MiB)
  const from = seen.length
  const { uploadId } = await ada.upload([account], video)
  const wire = () => seen.slice(from)
  await ada.waitFor(uploadId, () => queriesOf(wire()).length >= 4, ada.hurry)
  assert.deepEqual(chunksOf(wire()), [0], 'it asked, and was told "no", and did not act on it')
  await ada.age(300)
  const status = await ada.waitFor(uploadId, isOver, ada.hurry)
  assert.equal(status.status, 'Uploaded')
  assert.deepEqual(chunksOf(wire()), [0, 0])
  await assertOnePost(ada, video)
})

test('a connection lost within a chunk: it goes on from what arrived', async () => {
  const { ada, account } = await open({ dropRequest: { at: 'chunk', bytes: 3 * MiB } })
  const { status, video, wire } = await publish(ada, account, 9 * MiB)
  assert.equal(status.status, 'Uploaded')
  const [first, second] = chunksOf(wire)
  assert.equal(first, 0)
  assert.ok(second! > 0 && second! <= 3 * MiB, `it went on from ${second}`)
  await assertOnePost(ada, video)
})

test('errors of the platform are tried again', async () => {
  const { ada, account } = await open({
    status: [
      { at: 'insert', code: 500, times: 2 },
      { at: 'chunk', code: 503 }
    ]
  })
  const { status, target, video, wire } = await publish(ada, account, 9 * MiB)
  assert.equal(status.status, 'Uploaded')
  assert.equal(target.errorCode, null)
  assert.equal(insertsOf(wire).length, 3)
  await assertOnePost(ada, video)
})

test('a token that is refused is renewed, and the same chunk is sent with the new one', async () => {
  const { ada, account } = await open({ status: { at: 'chunk', code: 401 } })
  const { status, video, wire } = await publish(ada, account, 9 * MiB)
  assert.equal(status.status, 'Uploaded')
  assert.deepEqual(chunksOf(wire), [0, 0, CHUNK])
  assert.equal(wire.filter(({ path }) => path.startsWith('oauth2.googleapis.com/token')).length, 1)
  await assertOnePost(ada, video)
})

test('a revoked grant fails the delivery as needs_relink; linking again resumes it', async () => {
  const { ada, account } = await open({ revokeGrant: { at: 'insert' } })
  const { uploadId, status, target, video } = await publish(ada, account, MiB)
  assert.equal(status.status, 'Failed')
  assert.equal(target.errorCode, 'needs_relink')
  assert.deepEqual(await ada.used(), { used: 0, reserved: 0 })
  const { items } = await ada.insist('GET', '/accounts')
  assert.equal(items[0].status, 'needs_relink')

  assert.equal(await ada.link(), account)
  const resumed = await ada.waitFor(uploadId, ({ status }) => status === 'Uploaded', ada.hurry)
  assert.equal(errorOf(resumed), null)
  assert.deepEqual(await ada.used(), { used: 1, reserved: 0 })
  await assertOnePost(ada, video)
})

test('a grant revoked after the post was made leaves the post what it is', async () => {
  const { ada, account } = await open({ revokeGrant: { at: 'status' } })
  const { status, target, video } = await publish(ada, account, MiB)
  assert.equal(status.status, 'Uploaded')
  assert.equal(target.externalId, (await ada.posts())[0]!.id)
  await assertOnePost(ada, video)
})

test('unlinking during a transfer ends it before anything is posted', async () => {
  const { ada, account } = await open({})
  const from = seen.length
  const chunk = world.wire.hold(({ range }) => range?.start === 0)
  const { uploadId } = await ada.upload([account], makeVideo(9 * MiB))
  await chunk.isReached()
  await ada.insist('DELETE', `/accounts/${account}`)
  chunk.release()
  const status = await ada.waitFor(uploadId, isOver, ada.hurry)
  assert.equal(status.status, 'Failed')
  assert.equal(errorOf(status), 'account_unlinked')
  assert.deepEqual(chunksOf(seen.slice(from)), [0])
  assert.deepEqual(await ada.posts(), [])
  assert.deepEqual(await ada.used(), { used: 0, reserved: 0 })
})

test("a video that the platform rejects fails with the platform's reason", async () => {
  const { ada, account } = await open({ processing: { seconds: 0, failureReason: 'codec' } })
  const { status, target } = await publish(ada, account, MiB)
  assert.equal(status.status, 'Failed')
  assert.equal(target.errorCode, 'youtube_codec')
  assert.match(target.errorMessage!, /codec/)
  assert.deepEqual(await ada.used(), { used: 0, reserved: 0 })
})

test('a used-up daily allowance stops everyone of the app until midnight in Los Angeles', async () => {
  const { ada, account } = await open({ uploadQuotaExhausted: true })
  const other = await ada.link(1)
  const began = Date.now()
  const first = await ada.upload([account], makeVideo(MiB))
  const parked = await ada.waitFor(first.uploadId, status => errorOf(status) === 'youtube_upload_quota')
  const midnight = Date.now() + secondsToMidnight('America/Los_Angeles', new Date()) * 1000
  // The seconds until then are counted before they are written down.
  assert.ok(Math.abs(Date.parse(parked.accounts[0]!.nextAttemptAt!) - midnight) < 5_000 + Date.now() - began)
  assert.equal(parked.status, 'Processing')

  const second = await ada.upload([other], makeVideo(MiB))
  for (const another of [await open({}), await open({})]) {
    await publish(another.ada, another.account, MiB)
    await ada.hurry()
  }
  const waiting = await ada.readStatus(second.uploadId)
  assert.equal(waiting.accounts[0]!.attempts, 0, 'workers passed it by, and others went on')
  assert.equal(errorOf(waiting), 'youtube_upload_quota', 'what it waits for, though it was refused nothing itself')
  assert.equal(waiting.accounts[0]!.nextAttemptAt, parked.accounts[0]!.nextAttemptAt)
})

test('what was sealed with a key that is gone waits for the key, and ends honestly at its deadline', async () => {
  const { ada, account } = await open({})
  const scheduledOn = new Date(Date.now() + 3_600_000).toISOString()
  const { uploadId } = await ada.upload([account], makeVideo(MiB), { scheduledOn })
  const set = (columns: string) =>
    pool.query(`update deliveries set ${columns} where upload_id = $1`, [readId('upload', uploadId)])
  const row = async () => {
    const { rows } = await pool.query('select * from deliveries where upload_id = $1', [readId('upload', uploadId)])
    return rows[0]
  }
  await set(`status = 'running', stage = 'committed', doubt_since = now(), settled_at = now(), state = '\\x00', ask_at = now(),
    crashes = 9`)
  await pool.query('notify deliveries')
  await until(async () => (await row()).lease !== null, 'somebody claims it')
  assert.deepEqual([(await row()).status, (await row()).state], ['running', Buffer.of(0)])
  await set(`give_up_at = now(), lease = null, ask_at = now()`)
  const status = await ada.waitFor(uploadId, isOver, ada.hurry)
  assert.equal(errorOf(status), 'outcome_unknown')
})

test('a session that the platform forgot begins anew', async () => {
  const { ada, account } = await open({ forgetSessions: { at: 'chunk', after: 1 } })
  const { status, video, wire } = await publish(ada, account, 17 * MiB)
  assert.equal(status.status, 'Uploaded')
  assert.equal(insertsOf(wire).length, 2)
  await assertOnePost(ada, video)
})

test('a post whose answer and session are both gone is found on the channel', async () => {
  const { ada, account } = await open({
    forgetSessions: { at: 'lastChunk', when: 'after' },
    cutAnswer: { at: 'lastChunk' }
  })
  const { status, target, video, wire } = await publish(ada, account, MiB)
  assert.equal(status.status, 'Uploaded')
  assert.equal(insertsOf(wire).length, 1)
  assert.equal(target.externalId, (await ada.posts())[0]!.id)
  await assertOnePost(ada, video)
})

test('a file that is gone from the disk ends as media_changed', async () => {
  const { ada, account } = await open({})
  const insert = world.wire.hold(isInsert)
  const { uploadId } = await ada.upload([account], makeVideo(MiB))
  await insert.isReached()
  await rm(join(world.config.dataDir, 'objects/frozen', ada.tenantId), { recursive: true })
  insert.release()
  const status = await ada.waitFor(uploadId, isOver, ada.hurry)
  assert.equal(errorOf(status), 'media_changed')
  assert.deepEqual(await ada.posts(), [])
})

test('a scheduled delivery starts at its time, and is seen as scheduled until then', async t => {
  const { ada, account } = await open({})
  let ahead = 1_250
  const late = await bestOf(1_000, async () => {
    ahead *= 2
    const insert = world.wire.hold(isInsert)
    const due = Date.now() + ahead
    const made = await ada.upload([account], makeVideo(MiB), { scheduledOn: new Date(due).toISOString() })
    const seenAs = [made.status]
    const look = (status: UploadStatus) => {
      if (seenAs.at(-1) !== status.status) seenAs.push(status.status)
      return status.accounts[0]!.status === status.status
    }
    await ada.waitFor(made.uploadId, status => look(status) && insert.kept.length > 0)
    insert.release()
    await ada.waitFor(made.uploadId, status => look(status) && isOver(status))
    if (made.status !== 'Scheduled') return Number.POSITIVE_INFINITY
    assert.deepEqual(seenAs, ['Scheduled', 'Processing', 'Uploaded'])
    const after = performance.timeOrigin + insert.kept[0]!.at - due
    assert.ok(after >= 0, `${after} ms`)
    return after
  })
  t.diagnostic(`its first exchange began ${late.toFixed(0)} ms after its time`)
  assert.ok(late < 1_000, `${late} ms`)
})

test('an account has at most three deliveries under way', async () => {
  const { ada, account } = await open({ delayMs: { at: 'insert', ms: 150, times: 9 } })
  const from = seen.length
  const first = world.wire.hold(isInsert)
  const uploads = await Promise.all(Array.from({ length: 8 }, () => ada.upload([account], makeVideo(100_000))))
  await until(() => first.kept.length >= 3, 'three to be under way')
  first.release()
  for (const { uploadId } of uploads) await ada.waitFor(uploadId, isOver, ada.hurry)
  const inserts = insertsOf(seen.slice(from))
  assert.equal(inserts.length, 8)
  const atOnce = inserts.map(({ at }) => inserts.filter(o => o.at <= at && (o.endedAt ?? Infinity) > at).length)
  assert.equal(Math.max(...atOnce), 3)
  assert.equal((await ada.posts()).length, 8)
})

test('no lease is left when everything is over', async () => {
  await until(async () => {
    const { rows } = await pool.query('select from deliveries where lease is not null')
    return rows.length === 0
  }, 'the leases to be given back')
})

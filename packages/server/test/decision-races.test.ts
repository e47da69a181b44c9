import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { readId } from '../src/lib/ids.ts'
import { testDatabase } from './database.ts'
import { openDeliveryWorld } from './delivery-world.ts'
import { until } from './processes.ts'
import { isOver, makeVideo } from './workspace.ts'

const LANES = 4
const ROUNDS = 6

const database = await testDatabase()
const { pool } = database
const world = await openDeliveryWorld(database)

type Lane = Awaited<ReturnType<typeof openLane>>

/** A workspace with one channel; the rounds of a lane come one after the other, the lanes at the same time. */
async function openLane() {
  const ada = await world.newWorkspace()
  const account = await ada.link()
  await ada.setFaults({ processing: { seconds: 0, times: 100_000 } })
  const postsOf = async (title: string) => (await ada.posts()).filter(post => post.title === title).length
  const idle = async () => {
    const { reserved } = await ada.used()
    return reserved === 0
  }
  const rowOf = async (uploadId: string) => {
    const { rows } = await pool.query('select * from deliveries where upload_id = $1', [readId('upload', uploadId)])
    return rows[0]
  }
  return { ...ada, account, postsOf, idle, rowOf }
}

/**
 * Milliseconds that a person waits before they ask, or, below zero, the worker before it begins. Who won twice waits longer
 * and longer, so that it comes to where either may win, however fast the machine is.
 */
function createHandicap() {
  let wait = 0
  let step = 4
  let wasPerson: boolean | undefined
  return {
    wait: () => wait,
    won(isPerson: boolean) {
      step = isPerson === wasPerson ? step * 1.5 : Math.max(step / 2, 1)
      wasPerson = isPerson
      wait = Math.max(-LONGEST, Math.min(wait + (isPerson ? step : -step), LONGEST))
    }
  }
}
const LONGEST = 5000

/** Every round on every lane; counts who won. A round ends with a word, and whether it is that of a person who won. */
async function race(
  round: (lane: Lane, n: number, wait: number) => Promise<readonly [word: string, isPerson: boolean]>
): Promise<Map<string, number>> {
  const won = new Map<string, number>()
  const handicap = createHandicap()
  const lanes = await Promise.all(Array.from({ length: LANES }, openLane))
  await Promise.all(
    lanes.map(async (lane, l) => {
      for (let n = 0; n < ROUNDS; n++) {
        const [winner, isPerson] = await round(lane, n * LANES + l, handicap.wait())
        handicap.won(isPerson)
        won.set(winner, (won.get(winner) ?? 0) + 1)
      }
      await until(lane.idle, 'the quota to be settled')
    })
  )
  assert.equal(
    [...won.values()].reduce((sum, each) => sum + each),
    LANES * ROUNDS
  )
  return won
}

const said = (answer: { status: number; body: { code?: string } | undefined }) =>
  answer.status < 300 ? 'granted' : `${answer.status} ${answer.body?.code}`

/** An upload whose time comes when it is told. */
const scheduled = (lane: Lane, title: string) =>
  lane.upload([lane.account], makeVideo(1000), { title, scheduledOn: new Date(Date.now() + 3_600_000).toISOString() })

/** Its time comes, and a person asks. */
async function meet<T>(uploadId: string, wait: number, ask: () => Promise<T>): Promise<T> {
  const begin = async () => {
    await sleep(Math.max(0, -wait))
    await pool.query(
      `update deliveries set ask_at = now(), due_at = now() where upload_id = $1 and status = 'scheduled'`,
      [readId('upload', uploadId)]
    )
    await pool.query('notify deliveries')
  }
  const [answer] = await Promise.all([sleep(Math.max(0, wait)).then(ask), begin()])
  return answer
}

test('of a cancel and the last chunk exactly one wins, and the answer says which', async t => {
  const won = await race(async (lane, n, wait) => {
    const title = `cancel ${n}`
    const from = world.wire.seen.length
    const { uploadId } = await scheduled(lane, title)
    const answer = await meet(uploadId, wait, () => lane.ask('POST', `/api/upload/${uploadId}/cancel`, {}))
    const granted = said(answer) === 'granted'
    if (granted) assert.equal(answer.body.status, 'Canceled')
    else assert.equal(said(answer), '409 already_publishing')
    const { status } = await lane.waitFor(
      uploadId,
      status => isOver(status) || status.status === 'Canceled',
      lane.hurry
    )
    await until(async () => (await lane.row()) !== undefined && (await isQuiet(lane)), 'every step to be over')
    assert.equal(status, granted ? 'Canceled' : 'Uploaded')
    assert.equal((await lane.readStatus(uploadId)).status, status, 'nothing changed it later')
    assert.equal(await lane.postsOf(title), granted ? 0 : 1)
    assert.ok(world.wire.seen.length >= from)
    return [granted ? 'cancel' : 'post', granted]
  })
  t.diagnostic(JSON.stringify([...won]))
  assert.equal(won.size, 2, 'both happened')
})

test('a cancel during a step counts at once: the step comes to its end, and nothing more begins', async () => {
  const lane = await openLane()
  for (const n of [0, 1]) {
    // The insert, and the first of several chunks.
    const step = world.wire.hold(({ path, range }) => path.includes('upload') && (n === 0 || range !== undefined))
    const { uploadId } = await lane.upload([lane.account], makeVideo(n === 0 ? 1000 : 20 * 2 ** 20), {
      title: `slow ${n}`
    })
    await step.isReached()
    const from = world.wire.seen.length
    const answer = await lane.insist('POST', `/api/upload/${uploadId}/cancel`, {})
    assert.deepEqual([answer.status, answer.accounts[0].status], ['Canceled', 'Canceled'])
    assert.ok((await lane.rowOf(uploadId)).lease !== null, 'the step was under way')
    step.release()
    await until(() => isQuiet(lane), 'the step to be over')
    assert.deepEqual(world.wire.seen.slice(from), [])
    assert.equal((await lane.readStatus(uploadId)).status, 'Canceled')
    assert.equal(await lane.postsOf(`slow ${n}`), 0)
    assert.deepEqual(await lane.used(), { used: 0, reserved: 0 })
  }
})

test('a step that fails by itself after a cancel was granted leaves it canceled', async () => {
  const lane = await openLane()
  await lane.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle' } })
  const step = world.wire.hold(({ path }) => path.includes('upload'))
  const { uploadId } = await lane.upload([lane.account], makeVideo(1000))
  await step.isReached()
  await lane.insist('POST', `/api/upload/${uploadId}/cancel`, {})
  step.release()
  await until(() => isQuiet(lane), 'the step to be over')
  const { status, failure } = await lane.rowOf(uploadId)
  assert.deepEqual([status, failure], ['canceled', null])
})

/** Nobody works on anything of the workspace. */
async function isQuiet({ tenantId }: Lane): Promise<boolean> {
  const { rows } = await pool.query(
    `select from deliveries where tenant_id = $1 and status in ('running', 'scheduled')`,
    [tenantId]
  )
  return rows.length === 0
}

test('of a change and a claim exactly one wins: the post is as it was answered', async t => {
  const won = await race(async (lane, n, wait) => {
    const { uploadId } = await scheduled(lane, `old ${n}`)
    const change = () => lane.ask('PATCH', `/api/upload/${uploadId}`, { title: `new ${n}` })
    const answer = await meet(uploadId, wait, change)
    const granted = said(answer) === 'granted'
    if (!granted) assert.match(said(answer), /^409 (already_publishing|not_scheduled)$/)
    assert.equal((await lane.waitFor(uploadId, isOver, lane.hurry)).title, `${granted ? 'new' : 'old'} ${n}`)
    assert.deepEqual([await lane.postsOf(`old ${n}`), await lane.postsOf(`new ${n}`)], granted ? [0, 1] : [1, 0])
    return [granted ? 'change' : 'claim', granted]
  })
  t.diagnostic(JSON.stringify([...won]))
  assert.equal(won.size, 2, 'both happened')
})

test('of a delete and a claim exactly one wins', async t => {
  const won = await race(async (lane, n, wait) => {
    const title = `delete ${n}`
    const { uploadId } = await scheduled(lane, title)
    // What is over may be deleted again: none is before the answer is there.
    const transfers = world.wire.hold(({ range }) => range !== undefined)
    const answer = await meet(uploadId, wait, () => lane.ask('DELETE', `/api/upload/${uploadId}`))
    transfers.release()
    const granted = said(answer) === 'granted'
    if (granted) {
      assert.equal((await lane.ask('GET', `/api/upload/${uploadId}/status`)).status, 404)
      await until(lane.idle, 'the quota to come back')
      assert.equal(await lane.postsOf(title), 0)
      return ['delete', true]
    }
    assert.equal(said(answer), '409 in_flight')
    assert.equal((await lane.waitFor(uploadId, isOver, lane.hurry)).status, 'Uploaded')
    assert.equal(await lane.postsOf(title), 1)
    return ['claim', false]
  })
  t.diagnostic(JSON.stringify([...won]))
  assert.equal(won.size, 2, 'both happened')
})

test('of two retries at once one starts it, and it is posted once', async () => {
  const won = await race(async (lane, n) => {
    const title = `retry ${n}`
    await lane.setFaults({ status: { at: 'insert', code: 400, reason: 'invalidTitle', times: 1 } })
    const { uploadId } = await lane.upload([lane.account], makeVideo(1000), { title })
    assert.equal((await lane.waitFor(uploadId, isOver, lane.hurry)).status, 'Failed')
    await lane.setFaults({ processing: { seconds: 0, times: 100_000 } })
    const retry = () => lane.ask('POST', `/api/upload/${uploadId}/retry`, {})
    const answers = (await Promise.all([retry(), retry(), retry()])).map(said).sort()
    assert.deepEqual(answers, ['409 not_failed', '409 not_failed', 'granted'])
    assert.equal((await lane.waitFor(uploadId, isOver, lane.hurry)).status, 'Uploaded')
    assert.equal(await lane.postsOf(title), 1)
    return ['one', true]
  })
  assert.equal(won.get('one'), LANES * ROUNDS)
})

test('of "it is there" and "it is not" at once one counts, and nothing is posted twice', async t => {
  const won = await race(async (lane, n) => {
    const title = `resolve ${n}`
    const isThere = n % 2 === 0
    await lane.setFaults({
      processing: { seconds: 0, times: 100_000 },
      [isThere ? 'cutAnswer' : 'dropRequest']: { at: 'lastChunk' },
      // Asked, the platform does not say either.
      status: { at: 'query', code: 503, times: 100 }
    })
    const { uploadId } = await lane.upload([lane.account], makeVideo(1000), { title })
    const isInDoubt = async () => (await lane.rowOf(uploadId)).doubt_commits
    await until(isInDoubt, 'the doubt')
    const overdue = `update deliveries set give_up_at = now() where tenant_id = $1 and status = 'running'`
    await pool.query(overdue, [lane.tenantId])
    const failed = await lane.waitFor(uploadId, isOver, lane.hurry)
    assert.equal(failed.accounts[0]?.errorCode, 'outcome_unknown')
    assert.equal(said(await lane.ask('POST', `/api/upload/${uploadId}/retry`, {})), '409 needs_resolve')
    await lane.age(400)
    await lane.setFaults({ processing: { seconds: 0, times: 100_000 } })
    const resolve = (body: object) =>
      lane.ask('POST', `/api/upload/${uploadId}/resolve`, { accountId: lane.account, ...body })
    const both = [() => resolve({ live: true }), () => resolve({ live: false, confirm: true })]
    if (n % 3 === 0) both.reverse()
    const answers = (await Promise.all(both.map(each => each()))).map(said)
    assert.deepEqual([...answers].sort(), ['409 not_unknown', 'granted'])
    const [isLive] = n % 3 === 0 ? [...answers].reverse() : answers
    assert.equal((await lane.waitFor(uploadId, isOver, lane.hurry)).status, 'Uploaded')
    assert.equal(await lane.postsOf(title), isThere ? 1 : isLive === 'granted' ? 0 : 1)
    return [isLive === 'granted' ? 'there' : 'not there', true]
  })
  t.diagnostic(JSON.stringify([...won]))
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client, EventOptions, ReceivedEvent } from '@upload24/sdk'
import { newId, publicId, readId } from '../src/lib/ids.ts'
import { testDatabase } from './database.ts'
import { makeVideo } from './make-video.ts'
import { until } from './processes.ts'
import { fileOf, openSdkWorld } from './sdk-world.ts'

const database = await testDatabase()
const world = await openSdkWorld(database)
const ada = await world.newPerson()
const { line } = world

const file = fileOf(makeVideo(2000))
const scheduledOn = new Date(Date.now() + 86_400_000).toISOString()
/** Makes an upload, on a line that is not cut meanwhile. */
async function make(title: string): Promise<string> {
  return (await ada.machine.uploads.form({ title, accounts: [ada.account], scheduledOn, file })).uploadId
}

const uploadOf = ({ event }: ReceivedEvent) => ('uploadId' in event ? event.uploadId : '')
const now = () => new Date().toISOString()

/** Reads in the background until `stop`. */
function follow(client: Client, options: EventOptions = {}) {
  const received: ReceivedEvent[] = []
  const leaving = new AbortController()
  const ended = (async () => {
    for await (const one of client.events({ types: ['upload.created'], ...options, signal: leaving.signal })) {
      received.push(one)
    }
  })()
  ended.catch(() => {})
  const ids = () => received.map(uploadOf)
  return { received, ids, ended, stop: () => leaving.abort() }
}

test('every event comes once, in order, however often the line breaks and the server is restarted', async () => {
  const reader = follow(ada.machine, { since: now() })
  const made: string[] = []
  for (let round = 0; round < 6; round++) {
    made.push(await make(`Event ${round}`))
    await until(() => reader.ids().length === made.length, 'the event')
    if (round === 3) await world.restart()
    else line.cut()
    // Nobody reads at this moment.
    made.push(await make(`Event ${round}, unread`))
    await until(() => reader.ids().length >= made.length, 'what came meanwhile')
  }
  assert.deepEqual(reader.ids(), made)
  reader.stop()
  await assert.rejects(reader.ended, { name: 'AbortError' })
})

test('what happens between a broken line and the first event is not lost', async () => {
  // It was written before the stream, and is there once nobody reads.
  const slow = await database.pool.connect()
  await slow.query('begin')
  // No matter how long the stream takes to open.
  await slow.query('set local idle_in_transaction_session_timeout = 0')
  const late = newId()
  await slow.query(
    `select record_event(tenant_id, 'upload.created', $2, null, '{"title":"Late","status":"Scheduled","scheduledOn":null}')
     from accounts where id = $1`,
    [readId('account', ada.account), late]
  )
  await slow.query(`update events set at = at - interval '1 minute' where upload_id = $1`, [late])
  let opened = 0
  const reader = follow(ada.machine, { onOpen: () => opened++ })
  await until(() => opened === 1, 'the stream')
  line.leave()
  await slow.query('commit')
  slow.release()
  line.back()
  const made = await make('After the break')
  await until(() => reader.ids().includes(made), 'the event')
  assert.deepEqual(reader.ids(), [publicId('upload', late), made])
  reader.stop()
})

test('a reader goes on where another one stopped, and ends by itself without follow', async () => {
  const made = [await make('One'), await make('Two')]
  const since = new Date(Date.now() - 60_000).toISOString()
  const whole: ReceivedEvent[] = []
  for await (const one of ada.machine.events({ types: ['upload.created'], since, follow: false })) whole.push(one)
  const last = whole.at(-2)
  assert.deepEqual(whole.slice(-2).map(uploadOf), made)
  const rest: ReceivedEvent[] = []
  const from = { types: ['upload.created'] as const, lastEventId: last?.id, follow: false }
  for await (const one of ada.machine.events(from)) rest.push(one)
  assert.deepEqual(rest, whole.slice(-1))
})

test('a refusal is thrown, not tried again', async () => {
  const old = `3:3:@${Date.now() - 40 * 86_400_000}`
  await assert.rejects(follow(ada.machine, { lastEventId: old }).ended, { code: 'events_expired' })
  await assert.rejects(follow(world.anyone({ apiKey: 'u24_no' })).ended, { status: 401 })
})

test('who breaks out of the loop leaves no stream behind', async () => {
  const before = line.connections()
  const since = new Date(Date.now() - 60_000).toISOString()
  for await (const { event } of ada.machine.events({ since })) {
    assert.ok(event.eventId)
    break
  }
  await until(() => line.connections() <= before, 'the stream to close')
})

test('a token that has expired is renewed in the middle of a stream', async () => {
  let token = ada.signedIn.accessToken
  let renewals = 0
  const session = {
    getAccessToken: () => token,
    async onUnauthorized() {
      renewals++
      token = ada.signedIn.accessToken
      return token
    }
  }
  const reader = follow(world.anyone({ session }), { since: now() })
  const first = await make('Before')
  await until(() => reader.ids().includes(first), 'the first')
  token = 'expired'
  line.cut()
  const made = await make('After')
  await until(() => reader.ids().includes(made), 'the event')
  assert.equal(renewals, 1)
  reader.stop()
})

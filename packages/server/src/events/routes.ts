import { events } from '@upload24/contract'
import type { App } from '../app.ts'
import { listen } from '../db/listen.ts'
import type { Db } from '../db/open.ts'
import type { Binding } from '../http/bind.ts'
import { bindStream } from '../http/bind-stream.ts'
import { problem } from '../http/problem.ts'
import { createAudience } from './audience.ts'
import { createHub } from './hub.ts'
import { NOTHING, type Position, readPosition } from './position.ts'
import { findStart, isOurs, KEPT_DAYS, readSnapshot } from './queries.ts'
import { openStream, type Stream } from './stream.ts'

/** `worker`: the id of this process. */
export function eventRoutes(binding: Binding, app: App, worker: string): void {
  const { db, pool } = app.database
  const warn = (error: unknown) => app.log.warn({ err: error }, 'who reads events was not written')
  const audience = createAudience(db, worker, warn)
  // The pool hides the password of its options from enumeration.
  const connection = { ...pool.options, password: pool.options.password }
  const hub = createHub(heard => listen(connection, 'events', heard, app.log), audience, warn)
  const streams = new Set<Stream>()
  binding.http.addHook('preClose', async () => {
    for (const stream of streams) stream.stop()
  })
  binding.http.addHook('onClose', () => hub.close())

  bindStream(binding, events, async ({ caller, query, request, authenticate, start }) => {
    const { types, since } = query
    const from = await findPosition(caller.tenantId, request.headers['last-event-id'], since)
    const follow = query.follow === 'true'
    const stream = await openStream({ app, hub, caller, from, types, follow, authenticate })
    streams.add(stream)
    await stream.run(start()).finally(() => streams.delete(stream))
  })

  async function findPosition(tenantId: string, last: string | string[] | undefined, since: string | undefined) {
    if (last !== undefined && last !== '') return continueFrom(db, String(last))
    if (since === undefined) return { seen: await readSnapshot(db), until: null, after: 0 }
    const { snapshot, after } = await findStart(db, tenantId, new Date(since))
    return { seen: NOTHING, until: snapshot, after }
  }
}

async function continueFrom(db: Db, last: string): Promise<Position> {
  const read = readPosition(last)
  if (!read) throw problem('bad_request', 'Last-Event-ID is not the id of an event of this stream.')
  if (read.at.getTime() < Date.now() - KEPT_DAYS * 86_400_000) {
    throw problem('events_expired', `Events are kept for ${KEPT_DAYS} days, and Last-Event-ID is older.`)
  }
  if (!(await isOurs(db, read.position))) {
    throw problem('events_expired', 'Last-Event-ID is no position of this instance: start without it.')
  }
  return read.position
}

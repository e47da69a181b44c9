import { setTimeout as sleep } from 'node:timers/promises'
import { MAX_FILE_BYTES } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Listener } from '../db/listen.ts'
import type { Presence } from '../db/presence.ts'
import { createAlarm } from '../lib/alarm.ts'
import { newId, publicId } from '../lib/ids.ts'
import { type GuardOptions, guardedAgent } from '../net/guard.ts'
import type { Platforms } from '../platforms/platforms.ts'
import * as queries from './queries.ts'
import { runImport } from './run.ts'

/** Imports that one process works on at the same time. */
const SLOTS = 8
/** Seconds. Ended leases and silent workers are looked for this often, whatever else wakes us. */
const LOOK = 5
/** Seconds that a stop waits for what is under way. */
const GRACE = 1.5

export interface Importer {
  stop(): Promise<void>
}

/** Fetches what is to be imported until it is stopped. `listen` tells of new imports; the last two are for tests alone. */
export async function startImporter(
  app: App,
  platforms: Platforms,
  presence: Presence,
  listen: (heard: () => void) => Promise<Listener>,
  guard: GuardOptions = {},
  maxBytes = MAX_FILE_BYTES
): Promise<Importer> {
  const { db } = app.database
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()
  const alarm = createAlarm()
  const agent = guardedAgent(guard)
  const importing = { app, platforms, agent, isExempt: guard.isExempt, maxBytes, stopping: stopping.signal }
  const listener = await listen(alarm.ring)

  const claimNext = async (): Promise<boolean> => {
    const [busy, free] = [[...running.keys()], SLOTS - running.size]
    const wish = { worker: presence.id, lease: newId(), busy, free, place: newId() }
    const found = await queries.claim(db, wish)
    if (!found) return false
    const work = runImport(importing, found)
      .catch(error => {
        const about = { importId: publicId('import', found.id), tenantId: found.tenantId }
        app.log.error({ ...about, err: error }, 'an import stopped')
      })
      .finally(() => {
        running.delete(found.id)
        alarm.ring()
      })
    running.set(found.id, work)
    return true
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        if (running.size < SLOTS && (await claimNext())) continue
      } catch (error) {
        app.log.error({ err: error }, 'the importer could not claim')
      }
      await alarm.wait(LOOK)
    }
  }
  const looping = loop()

  return {
    async stop() {
      stopping.abort(new Error('this process stops'))
      alarm.ring()
      await looping
      await Promise.race([Promise.allSettled(running.values()), sleep(GRACE * 1000, undefined, { ref: false })])
      await queries.handOver(db, presence.id)
      await Promise.all([listener.close(), agent.destroy()])
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../app.ts'
import type { Listener } from '../db/listen.ts'
import type { Presence } from '../db/presence.ts'
import { newId, publicId } from '../lib/ids.ts'
import { claimCount, takeOverCount } from '../lib/metrics.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { createAlarm } from './alarm.ts'
import { claim, type Found, nextDueIn } from './claim-queries.ts'
import { deliver } from './deliver.ts'
import { LeaseLost } from './engine.ts'
import * as queries from './queries.ts'
import { clocks } from './rows.ts'

/** Deliveries that one process works on at the same time. */
const SLOTS = 8
/** Seconds. Silent workers and ended leases are looked for this often, whatever else wakes us. */
const LOOK = 1
/** Seconds that a stop waits for the steps under way to write what they know. */
const GRACE = 1.5

export interface Worker {
  /** Cuts the exchanges under way, which leaves doubts, and hands every lease over. */
  stop(): Promise<void>
}

/** Claims what is due and delivers it until it is stopped. `listen` tells of new deliveries. */
export async function startWorker(
  app: App,
  platforms: Platforms,
  presence: Presence,
  listen: (heard: () => void) => Promise<Listener>
): Promise<Worker> {
  const { db } = app.database
  const stopping = new AbortController()
  const running = new Map<string, Promise<void>>()
  const alarm = createAlarm()
  const listener = await listen(alarm.ring)

  /** False: nothing is due. */
  const claimNext = async (): Promise<boolean> => {
    const sentAt = clocks()
    const found = await claim(db, { worker: presence.id, lease: newId(), busy: [...running.keys()] })
    presence.look()
    if (!found) return false
    claimCount.inc({ platform: found.platform })
    if (found.isTakenOver) takeOverCount.inc({ platform: found.platform })
    const delivery = deliver(app, platforms, found, sentAt, stopping.signal)
      .catch(error => report(app, found, error))
      .finally(() => {
        running.delete(found.id)
        alarm.ring()
      })
    running.set(found.id, delivery)
    return true
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        const hasSlot = running.size < SLOTS
        if (hasSlot && (await claimNext())) continue
        const dueIn = hasSlot ? await nextDueIn(db) : null
        // What became due between the two statements is in neither of them.
        if (hasSlot && (await claimNext())) continue
        presence.look()
        await alarm.wait(Math.min(LOOK, dueIn ?? LOOK))
      } catch (error) {
        if (isAloneRace(error)) continue
        app.log.error({ err: error }, 'the worker could not claim')
        await alarm.wait(LOOK)
      }
    }
  }
  const looping = loop()
  app.log.info({ worker: presence.id }, 'the worker looks for deliveries')

  return {
    async stop() {
      stopping.abort()
      alarm.ring()
      await looping
      // Every fence is closed by now: whatever is still under way sends nothing more, and once the leases are gone it
      // writes nothing more.
      await Promise.race([Promise.allSettled(running.values()), sleep(GRACE * 1000, undefined, { ref: false })])
      await queries.handOver(db, presence.id)
      await listener.close()
    }
  }
}

/** Of two claims that took the same key at once, one is told by the unique index. */
const isAloneRace = (error: unknown) => error instanceof Error && 'code' in error && error.code === '23505'

/** The row says all that matters; its lease runs out, or somebody else holds it already. */
function report(app: App, { id, tenantId }: Found, error: unknown): void {
  const about = { deliveryId: publicId('delivery', id), tenantId }
  if (error instanceof LeaseLost) app.log.warn(about, 'the lease of a delivery was lost')
  else app.log.error({ ...about, err: error }, 'a delivery stopped')
}

import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../app.ts'
import type { Listener } from '../db/listen.ts'
import type { Presence } from '../db/presence.ts'
import { createAlarm } from '../lib/alarm.ts'
import { publicId } from '../lib/ids.ts'
import { claimCount, takeOverCount } from '../lib/metrics.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { claim, countShutOut, type Found, lookAhead, returnLeases } from './claim-queries.ts'
import { deliver } from './deliver.ts'
import { LeaseLost } from './engine.ts'
import * as queries from './queries.ts'
import { clocks, type Deadline } from './rows.ts'

/** Deliveries that one process works on at the same time. */
export const SLOTS = 32
/** Seconds. Silent workers and ended leases are looked for this often, whatever else wakes us. */
const LOOK = 1
/** Seconds in which slots may gather. */
const GATHER = 0.01
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
  const running = new Map<string, { readonly tenantId: string; readonly delivery: Promise<void> }>()
  /** Slots that tenants wait for who have none, while others have several. */
  let wanted = 0
  const alarm = createAlarm()
  const listener = await listen(alarm.ring)

  /** Between two steps: gives the slot to who has none, so that a turn lasts a step and not a whole transfer. */
  const makesRoom = ({ tenantId }: Found): boolean => {
    const own = [...running.values()].filter(each => each.tenantId === tenantId)
    if (wanted === 0 || own.length < 2) return false
    wanted--
    return true
  }

  const start = (found: Found, sentAt: Deadline) => {
    claimCount.inc({ platform: found.platform })
    if (found.isTakenOver) takeOverCount.inc({ platform: found.platform })
    const delivery = deliver(app, platforms, found, sentAt, stopping.signal, () => makesRoom(found))
      .catch(error => report(app, found, error))
      .finally(() => {
        running.delete(found.id)
        alarm.ring()
      })
    running.set(found.id, { tenantId: found.tenantId, delivery })
  }

  /** A claim was not answered: it may have leased what nobody here works on. */
  let hasLost = false
  /** The last claim took all that it could: more may be due. */
  let hasMore = false
  /** Seconds until it is worth to look again, if nothing wakes us. */
  const look = async (): Promise<number> => {
    const slots = SLOTS - running.size
    if (slots === 0) {
      presence.look()
      wanted = await countShutOut(db, SLOTS)
      return LOOK
    }
    wanted = 0
    // Before the claim, which takes what becomes due meanwhile.
    const { isDue, dueIn } = hasMore ? { isDue: true, dueIn: 0 } : await lookAhead(db)
    const busy = [...running.keys()]
    if (hasLost) await returnLeases(db, presence.id, busy)
    hasLost = false
    const sentAt = clocks()
    const found = isDue ? await claim(db, { worker: presence.id, slots, busy }) : []
    hasMore = found.length === slots
    presence.look()
    for (const each of found) start(each, sentAt)
    // What the accounts that had a turn come to next is known once it is over.
    return found.length > 0 ? 0 : Math.min(LOOK, dueIn ?? LOOK)
  }

  /** While there is more than slots: one claim fills several. The others keep at work meanwhile. */
  const gather = async (): Promise<void> => {
    const giveUpAt = performance.now() + GATHER * 1000
    while (running.size > SLOTS / 2 && performance.now() < giveUpAt) {
      await alarm.wait((giveUpAt - performance.now()) / 1000)
    }
  }

  const loop = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const wait = await look().catch(error => {
        hasLost = true
        app.log.error({ err: error }, 'the worker could not claim')
        return LOOK
      })
      const isFull = running.size === SLOTS
      await alarm.wait(isFull ? LOOK : wait)
      if (isFull || hasMore) await gather()
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
      await Promise.race([
        Promise.allSettled([...running.values()].map(each => each.delivery)),
        sleep(GRACE * 1000, undefined, { ref: false })
      ])
      await queries.handOver(db, presence.id)
      await listener.close()
    }
  }
}

/** The row says all that matters; its lease runs out, or somebody else holds it already. */
function report(app: App, { id, tenantId }: Found, error: unknown): void {
  const about = { deliveryId: publicId('delivery', id), tenantId }
  if (error instanceof LeaseLost) app.log.warn(about, 'the lease of a delivery was lost')
  else app.log.error({ ...about, err: error }, 'a delivery stopped')
}

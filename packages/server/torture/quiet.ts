import { setTimeout as sleep } from 'node:timers/promises'
import { readId } from '../src/lib/ids.ts'
import type { Tenant } from './tenant.ts'
import { skipTime } from './time.ts'
import type { World } from './world.ts'

export interface Row {
  readonly id: string
  readonly isFollowUp: boolean
  readonly status: string
  readonly stage: string
  readonly code: string | null
  readonly remoteId: string | null
  readonly worker: string | null
  readonly crashes: number
  readonly isHeld: boolean
  readonly doubtCommits: boolean
  /** Seconds until somebody may look at it again. */
  readonly wait: number
}

/** The deliveries of an upload, follow-ups last. */
export async function readRows(world: World, uploadId: string): Promise<Row[]> {
  const { rows } = await world.pool.query<Row>(
    `select d.id, d.parent_id is not null as "isFollowUp", d.status, d.stage, d.failure ->> 'code' as code,
       d.remote_id as "remoteId", d.worker, d.crashes, d.lease is not null as "isHeld", d.doubt_commits as "doubtCommits",
       extract(epoch from greatest(d.ask_at, pause.until) - clock_timestamp())::float8 as wait
     from deliveries d left join pause_of(d.account_id, d.app, is_start(d)) pause on true
     where d.upload_id = $1 order by d.parent_id nulls first, d.position`,
    [readId('upload', uploadId)]
  )
  return rows
}

export const isOver = ({ status }: Row): boolean => status !== 'scheduled' && status !== 'running'

/** Real seconds, and those of the suite's time, after which a delivery is stuck. */
const MOST_REAL = 180
const MOST_VIRTUAL = 26 * 3600
/** Milliseconds between two looks. */
const LOOK = 100

export interface Waiting {
  /** Ends the waiting early. */
  until?(): boolean
  /** Is done once, when so many seconds have been brought forward. */
  readonly pause?: { readonly after: number; do(): Promise<unknown> }
}

/**
 * Waits until all deliveries of an upload are over, with its follow-ups. Where nobody works on any of them, time is brought
 * forward to the moment when the next one is due. False: they are stuck.
 */
export async function untilQuiet(
  world: World,
  { tenantId, clock }: Tenant,
  uploadId: string,
  { until = () => false, pause }: Waiting = {}
): Promise<boolean> {
  const giveUpAt = performance.now() + MOST_REAL * 1000
  let moved = 0
  let isPaused = false
  let idleSince = performance.now()
  while (performance.now() < giveUpAt && moved < MOST_VIRTUAL && !until()) {
    const left = pause && !isPaused ? pause.after - moved : Number.POSITIVE_INFINITY
    if (left <= 0) {
      isPaused = true
      await pause?.do()
      continue
    }
    const open = (await readRows(world, uploadId)).filter(row => !isOver(row))
    if (open.length === 0) {
      if (left === Number.POSITIVE_INFINITY) return true
      // What is still on its way arrives all the same: all of it may be over too early.
      if (await skipTime(world.pool, tenantId, left)) moved += left
      continue
    }
    const next = Math.min(...open.map(row => row.wait))
    if (open.some(row => row.isHeld)) idleSince = performance.now()
    // Due, and nobody comes: it waits for another delivery's time.
    const isBlocked = performance.now() - idleSince > 3000
    const step = open.some(row => row.isHeld) ? 0 : next > 0.2 ? Math.min(next, left) : isBlocked ? 30 : 0
    if (step > 0 && (await skipTime(world.pool, tenantId, step))) {
      moved += step
      // Time in which a busy machine lets nobody come is not the system's.
      if (next > 0.2) clock.moved += step
      idleSince = performance.now()
    }
    await sleep(LOOK)
  }
  return false
}

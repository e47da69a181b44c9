import type pg from 'pg'
import { skipTime } from '../time.ts'
import { clockOf, type Held, type Story } from './story.ts'

/** Milliseconds between two looks at what waits. */
const LOOK = 100
/** Seconds. What waits for less is waited for. */
const SHORT = 0.3
/** Seconds that one skip is at most: time also passes for what we do not see. */
const LONGEST = 3600
/** Milliseconds after which what is due and taken by nobody waits for another delivery of its key to settle. */
const BLOCKED = 2500

/** Moves the clock of each history on when nobody works for it: to the moment when the next of its deliveries is due, or a late request arrives. */
export function startClock(pool: pg.Pool, stories: () => readonly Story[]) {
  let isOpen = true
  const idle = new Map<Story, number>()

  async function look(): Promise<void> {
    const all = stories()
    if (all.length === 0) return
    const { rows } = await pool.query<Waiting>(WAITING, [all.map(story => story.tenantId)])
    const waiting = new Map(rows.map(row => [row.tenant, row]))
    await Promise.all(all.map(story => moveOn(story, waiting.get(story.tenantId))))
  }

  async function moveOn(story: Story, row: Waiting | undefined): Promise<void> {
    const [late] = story.held.toSorted((a, b) => a.at - b.at)
    if (late && late.at <= clockOf(story)) return arrive(story, late)
    if (row?.busy) return void idle.delete(story)
    if (!late && (row?.wait ?? null) === null) return
    const wait = Math.min(row?.wait ?? LONGEST, late ? late.at - clockOf(story) : LONGEST, LONGEST)
    if (wait > SHORT) {
      idle.delete(story)
      return skip(story, wait)
    }
    const since = idle.get(story) ?? performance.now()
    idle.set(story, since)
    if (performance.now() - since < BLOCKED) return
    idle.delete(story)
    return skip(story, 15)
  }

  async function skip(story: Story, seconds: number): Promise<void> {
    if (await skipTime(pool, story.tenantId, seconds)) story.skipped += seconds
  }

  const looping = (async () => {
    while (isOpen) {
      await look()
      await new Promise(resolve => setTimeout(resolve, LOOK))
    }
  })()
  // Told through `failed`; nobody may be listening yet.
  looping.catch(() => {})
  return {
    skip,
    /** Rejects when the clocks stand still for a fault of the suite; never resolves. */
    failed: looping.then(() => new Promise<never>(() => {})),
    async stop(): Promise<void> {
      isOpen = false
      await looping.catch(() => {})
    }
  }
}

interface Waiting {
  readonly tenant: string
  readonly busy: boolean | null
  /** Seconds until the first of them is due; null: all are over. */
  readonly wait: number | null
}

const WAITING = `
  select t.id as tenant, bool_or(d.lease is not null) as busy, extract(epoch from min(case when d.stop is null
    then greatest(d.ask_at, a.parked_until, p.parked_until) else d.ask_at end) - now())::float8 as wait
  from unnest($1::uuid[]) t(id)
  left join (deliveries d join accounts a on a.id = d.account_id join apps p on p.app = d.app)
    on d.tenant_id = t.id and d.status in ('scheduled', 'running')
  group by t.id`

/** A request that was kept back reaches the platform now. */
async function arrive(story: Story, late: Held): Promise<void> {
  story.arriving++
  story.held.splice(story.held.indexOf(late), 1)
  await late.release().finally(() => story.arriving--)
}

import type { Chunk, Context, Post } from '@upload24/connectors'
import { newDelivery } from '../../src/deliveries/delivery.ts'
import type { Row, Work } from '../../src/deliveries/engine.ts'
import { createClock, createDice } from './clock.ts'
import { createPeople } from './people.ts'
import { BYTES, createPlatform } from './platform.ts'
import type { Faults, Rules } from './settings.ts'
import type { ShapeUnderTest } from './shapes/shape.ts'
import { type Columns, createStore, isClaimable, isFree, isOpen, StatementFailed } from './store.ts'
import type { Subject } from './subject.ts'
import { createWire } from './wire.ts'
import { createSigns, createWorker, type Worker } from './worker.ts'
import { noStats, type World } from './world.ts'

export interface Setting {
  readonly shape: ShapeUnderTest
  readonly faults: Faults
  readonly rules: Rules
  readonly subject: Subject
}

export interface History {
  readonly world: World
  readonly bugs: unknown[]
  /** Goes on to the next moment. False: the row is over and everything under way has landed. */
  step(): boolean
}

const HOUR = 3600
/** Far above what the longest delivery needs; a history beyond it never ends. */
const MAX_MOMENTS = 200_000

/** Two workers, one account, one or two deliveries. */
export function createHistory({ shape, faults, rules, subject }: Setting, seed: number): History {
  const clock = createClock()
  const dice = createDice(seed)
  const platform = createPlatform(clock, dice, faults, subject, rules.sameBytes)
  const publisher = shape.build(platform)
  const bugs: unknown[] = []
  let waiting: (() => void)[] = []
  const rows = Array.from({ length: shape.hasTwins ? 2 : 1 }, (_, i) => newRow(i, shape.hasTwins, dice.between(0, 120)))

  const world: World = {
    clock,
    dice,
    faults,
    rules,
    subject,
    platform,
    settleSeconds: publisher.settleSeconds,
    signs: undefined as never,
    tables: { rows, parked: { account: 0, app: 0 }, ended: row => people.ended(row) },
    stats: noStats(),
    outageUntil: 0,
    poke() {
      const woken = waiting
      waiting = []
      for (const wake of woken) clock.at(clock.now + dice.between(0, 1), wake)
    }
  }
  Object.assign(world, { signs: createSigns(world) })
  const people = createPeople(world)

  const start = (worker: Worker) => {
    world.signs.sign(worker.id())
    for (let slot = 0; slot < rows.length; slot++) void work(worker)
  }
  const workers = [createWorker(world, 'a', 30, start), createWorker(world, 'b', -30, start)]
  workers.forEach(start)
  if (faults.outage > 0 && dice.chance(faults.outage)) {
    clock.at(dice.between(0, 200), () => {
      world.outageUntil = clock.now + dice.between(8, 60)
      for (const worker of workers) world.signs.quiet(worker.id(), clock.now, world.outageUntil)
    })
  }
  for (const row of rows) people.arrive(row)
  for (let i = dice.between(0, 3); i >= 1; i--) {
    clock.at(dice.between(0, 2 * HOUR), () => platform.make('someone', 'foreign', 'foreign', 60))
  }

  /** One slot of a worker: claim, run, claim. */
  async function work(worker: Worker): Promise<void> {
    const store = createStore(world, worker)
    for (;;) {
      const candidates = rows.filter(d => !worker.busy.has(d.id))
      if (!candidates.some(d => isClaimable(world, d, worker.id()))) {
        await idle(worker, candidates)
        continue
      }
      let row: Row | null = null
      try {
        row = await store.claim()
        if (!row) continue
        worker.busy.add(row.id)
        await subject.run(workOn(worker, row), row)
      } catch (error) {
        if (!(error instanceof subject.LeaseLost || error instanceof StatementFailed)) bugs.push(error)
      }
      if (row) worker.busy.delete(row.id)
      world.poke()
    }
  }

  /** Until something may be claimable, or changes. */
  function idle(worker: Worker, candidates: readonly Columns[]): Promise<void> {
    const { parked } = world.tables
    let next = Number.POSITIVE_INFINITY
    for (const d of candidates.filter(isOpen)) {
      let at = d.stop === null ? Math.max(d.askAt, parked.account, parked.app) : d.askAt
      if (!isFree(world, d, worker.id())) at = Math.max(at, Math.min(d.leaseUntil, clock.now + 2))
      next = Math.min(next, at > clock.now ? at : clock.now + 60)
    }
    const enter = worker.door()
    return new Promise(resolve => {
      let isAsleep = true
      const wake = () => {
        if (!isAsleep) return
        isAsleep = false
        enter(resolve)
      }
      waiting.push(wake)
      if (next < Number.POSITIVE_INFINITY) clock.at(next + dice.between(0.01, 1), wake)
    })
  }

  function workOn(worker: Worker, row: Row): Work {
    const store = createStore(world, worker)
    return {
      store,
      publisher,
      post: { marker: row.id, title: 'title', description: '', options: {} } as Post<unknown> as Post<any>,
      context: held => ({ now: held.now, wire: createWire(world, worker, held) }) as unknown as Context,
      async open(start, end, total) {
        // Mostly at once; a storage may take its time.
        await worker.pause(dice.chance(0.9) ? 0.01 : dice.between(0.1, 6))
        return { start, end, total } as Chunk
      },
      beating(held) {
        let isOver = false
        const beat = async () => {
          for (;;) {
            await new Promise<void>(resolve => clock.at(clock.now + 20, () => enter(resolve)))
            if (isOver) return
            try {
              await store.beat(held)
            } catch {
              held.fence.deadline = Number.NEGATIVE_INFINITY
              return
            }
          }
        }
        const enter = worker.door()
        void beat()
        return {
          stop() {
            isOver = true
          }
        }
      }
    }
  }

  let moments = 0
  return { world, bugs, step: () => ++moments < MAX_MOMENTS && clock.step() }
}

const newRow = (i: number, hasTwin: boolean, dueAt: number): Columns => ({
  id: `d${i}`,
  status: 'scheduled',
  delivery: newDelivery(BYTES),
  doubtSince: null,
  settledAt: null,
  dueAt,
  askAt: dueAt,
  giveUpAt: dueAt + 24 * HOUR,
  lease: null,
  leaseBy: '',
  leaseUntil: 0,
  crashes: 0,
  stop: null,
  aloneKey: hasTwin ? 'account' : null,
  aloneSince: null,
  remoteId: null,
  isCancelGranted: false
})

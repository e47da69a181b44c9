import { HEARTBEAT } from '../../src/db/presence.ts'
import type { World } from './world.ts'

/**
 * A worker process. Everything that it waits for passes through `pause`, where it may crash, stall (nothing of it runs, its
 * heartbeat included) or go mute (it runs, its heartbeat does not get through). What it handed to the network goes on without it.
 */
export interface Worker {
  readonly name: string
  /** Its own clock's error, in seconds. */
  readonly skew: number
  /** Counts starts. A new start is a new worker to the database. */
  life: number
  frozenUntil: number
  /** Rows that this process works on. It never claims one of them twice. */
  readonly busy: Set<string>
  /** A way back into this life of the process: now or when it wakes; never, if it crashed meanwhile. */
  door(): (run: () => void) => void
  /** `delay` seconds, during which something may befall the process. */
  pause(delay: number): Promise<void>
  /** Its row in the table of workers. */
  id(): string
}

/** When did the worker of this id last sign? −∞: never. */
export type LastSeen = (id: string) => number

export interface Signs {
  /** The first sign of a new process. */
  sign(id: string): void
  /** Worked out when asked, in place of a moment every two seconds. */
  seenAt: LastSeen
  quiet(id: string, from: number, until: number): void
  end(id: string): void
  /** Since when it has signed without a gap. */
  steadySince(id: string): number
}

/** The table of workers: `id`, `seen_at`. */
export function createSigns(world: World): Signs {
  const rows = new Map<string, { born: number; seen: number; from: number; until: number; isOver: boolean }>()
  const row = (id: string) => {
    let found = rows.get(id)
    if (!found) {
      found = { born: world.clock.now, seen: world.clock.now, from: 0, until: 0, isOver: false }
      rows.set(id, found)
    }
    return found
  }
  const lazy = (r: ReturnType<typeof row>): number => {
    const { now } = world.clock
    if (r.isOver) return r.from
    return now < r.until ? r.from : now - (now % HEARTBEAT)
  }
  return {
    sign: id => {
      row(id).seen = world.clock.now
    },
    seenAt: id => {
      const r = rows.get(id)
      return r ? Math.max(r.seen, lazy(r)) : Number.NEGATIVE_INFINITY
    },
    quiet(id, from, until) {
      const r = row(id)
      if (world.clock.now >= r.until) r.from = from - world.dice.between(0, HEARTBEAT)
      r.until = Math.max(r.until, until + world.dice.between(0, HEARTBEAT))
    },
    steadySince: id => {
      const r = rows.get(id)
      return r ? Math.max(r.born, r.until) : Number.POSITIVE_INFINITY
    },
    end(id) {
      const r = row(id)
      r.from = Math.max(r.seen, lazy(r))
      r.isOver = true
    }
  }
}

export function createWorker(world: World, name: string, skew: number, start: (worker: Worker) => void): Worker {
  const { clock, dice, faults } = world
  const worker: Worker = {
    name,
    skew,
    life: 0,
    frozenUntil: 0,
    busy: new Set(),
    id: () => `${name}${worker.life}`,
    door() {
      const { life } = worker
      return function enter(run) {
        if (worker.life !== life) return
        // What waited for the waking comes in no certain order: an answer may be read before or after the timer that cuts it.
        if (clock.now >= worker.frozenUntil) run()
        else clock.at(worker.frozenUntil + dice.between(0, 0.01), () => enter(run))
      }
    },
    pause(delay) {
      const { life } = worker
      const enter = worker.door()
      return new Promise(resolve => {
        clock.at(clock.now + delay, () => {
          if (worker.life === life && !mishap()) enter(resolve)
        })
      })
    }
  }

  /** True: the process is gone. */
  function mishap(): boolean {
    if (dice.chance(faults.crash)) {
      crash()
      return true
    }
    if (dice.chance(faults.stall)) {
      world.stats.stalls++
      const seconds = dice.chance(0.5) ? dice.between(7, 40) : dice.between(5, 405)
      worker.frozenUntil = Math.max(worker.frozenUntil, clock.now + seconds)
      world.signs.quiet(worker.id(), clock.now, worker.frozenUntil)
    }
    if (dice.chance(faults.mute)) world.signs.quiet(worker.id(), clock.now, clock.now + dice.between(10, 60))
    return false
  }

  function crash(): void {
    world.stats.crashes++
    world.signs.end(worker.id())
    worker.life++
    worker.frozenUntil = 0
    worker.busy.clear()
    clock.at(clock.now + dice.between(1, 91), () => start(worker))
  }

  return worker
}

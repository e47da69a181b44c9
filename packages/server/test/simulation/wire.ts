import type { Chunk, Context } from '@upload24/connectors'
import { CEILING } from '../../src/deliveries/delivery.ts'
import type { Row } from '../../src/deliveries/engine.ts'
import { late } from './clock.ts'
import { PIECE } from './platform.ts'
import type { Worker } from './worker.ts'
import type { World } from './world.ts'

/** The network between a worker and the platform, with the fence and the abort of the real one. In place of `Context.http`. */
export interface Wire {
  read<T>(effect: () => T): Promise<T>
  change<T>(effect: () => T): Promise<T>
  /** `part` takes the bytes as they arrive; `done` makes the answer when the last of them has. */
  upload<T>(chunk: Chunk, part: (start: number, end: number) => void, done: () => T): Promise<T>
}

export const wire = (ctx: Context): Wire => (ctx as Context & { wire: Wire }).wire

/** No answer: reset, aborted, or none within ANSWER_TIMEOUT. */
class NoAnswer extends Error {}

const ANSWER_TIMEOUT = 240

export function createWire(world: World, worker: Worker, row: Row): Wire {
  const { clock, dice, faults, platform, rules, stats, subject } = world
  const isFenced = () => rules.fence && clock.now >= row.fence.deadline

  async function connect(): Promise<void> {
    await worker.pause(dice.between(0.01, 0.3))
    // Refused connection: no byte left.
    if (dice.chance(faults.lostRequest / 4)) throw platform.refusal('retry')
    // From here to the socket nothing waits.
    if (isFenced()) throw new subject.LeaseLost()
    stats.exchanges++
  }

  /** One exchange whose head has left. `pull`: the body, piece by piece; false: it was cut. */
  function exchange<T>(
    land: () => T,
    isQuestion: boolean,
    pull?: (isOpen: () => boolean) => Promise<boolean>
  ): Promise<T> {
    const enter = worker.door()
    const leftAt = clock.now
    return new Promise<T>((resolve, reject) => {
      let isOpen = true
      const close = (finish: () => void) => {
        if (!isOpen) return
        isOpen = false
        finish()
      }
      const lose = () => close(() => reject(new NoAnswer()))
      const over = () => (rules.abort ? Math.min(row.fence.deadline, leftAt + ANSWER_TIMEOUT) : leftAt + ANSWER_TIMEOUT)
      /** Runs once, when our side of the exchange is over at the latest. A beat moves that. */
      const atOver = (run: () => void) => {
        const look = () => (over() > clock.now ? clock.at(over(), look) : run())
        clock.at(over(), look)
      }
      atOver(() => enter(lose))

      const arrive = () => {
        const answer = attempt(land)
        if (dice.chance(faults.lostAnswer)) {
          if (dice.chance(0.5)) clock.at(clock.now + dice.between(0, 60), () => enter(lose))
          return
        }
        const back = dice.chance(faults.slow / 2) ? dice.between(0, 60) : dice.between(0.02, 1)
        clock.at(clock.now + back, () =>
          enter(() =>
            close(() => {
              if ('error' in answer) reject(answer.error)
              else resolve(answer.value)
            })
          )
        )
      }
      const send = () => {
        if (dice.chance(faults.lostRequest)) {
          if (dice.chance(0.6)) clock.at(clock.now + dice.between(0, 60), () => enter(lose))
        } else if (dice.chance(isQuestion ? faults.late / 4 : faults.late)) {
          atOver(() => clock.at(clock.now + late(dice) * CEILING, arrive))
        } else if (dice.chance(faults.slow)) clock.at(clock.now + dice.between(0, 60), arrive)
        else clock.at(clock.now + dice.between(0.02, 1), arrive)
      }
      // While it is under way the worker may crash or stall.
      if (dice.chance(0.5)) void worker.pause(dice.between(0, 3))
      if (!pull) send()
      else void pull(() => isOpen).then(isWhole => (isWhole ? send() : lose()))
    }).then(
      async value => {
        await worker.pause(0.001)
        return value
      },
      async error => {
        await worker.pause(0.001)
        throw error
      }
    )
  }

  return {
    async read(effect) {
      await connect()
      return exchange(() => platform.question(effect), true)
    },
    async change(effect) {
      await connect()
      return exchange(() => platform.change(effect), false)
    },
    async upload(chunk, part, done) {
      await connect()
      const isSlow = dice.chance(0.12)
      const last = Math.max(chunk.start, chunk.end - PIECE)
      const pull = async (isOpen: () => boolean) => {
        for (let at = chunk.start; at < last; at += PIECE) {
          if (!isOpen() || isFenced()) return false
          const to = Math.min(at + PIECE, last)
          clock.at(clock.now + dice.between(0, 2), () => part(at, to))
          await worker.pause(isSlow ? dice.between(15, 80) : dice.between(0.1, 2))
        }
        return isOpen() && !isFenced()
      }
      const land = () =>
        platform.change(() => {
          part(last, chunk.end)
          return done()
        })
      return exchange(land, false, pull)
    }
  }
}

function attempt<T>(run: () => T): { value: T } | { error: unknown } {
  try {
    return { value: run() }
  } catch (error) {
    return { error }
  }
}

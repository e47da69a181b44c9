import type { Failure } from '@upload24/connectors'
import { type Clock, type Dice, late } from './clock.ts'
import type { Faults } from './settings.ts'
import type { Subject } from './subject.ts'

/** What every simulated platform has: posts that show late, upload sessions that are forgotten, and whims. */
export interface MadePost {
  readonly id: string
  /** The marker of the delivery that made it. */
  readonly by: string
  readonly text: string
  /** What it was made from: a medium, a container, a record key. */
  readonly key: string
  readonly at: number
  readonly shownAt: number
  /** Taken back by the platform: it never was. */
  isRemoved: boolean
}

export interface Session {
  readonly id: string
  readonly by: string
  received: number
  isAlive: boolean
  /** When the platform finished working on the medium. */
  readyAt: number
  post: MadePost | null
}

export interface Platform {
  readonly clock: Clock
  readonly dice: Dice
  readonly faults: Faults
  readonly subject: Subject
  readonly posts: MadePost[]
  /** Commits that were acknowledged and are not decided yet, by delivery. */
  readonly pending: string[]
  readonly areSameBytes: boolean
  open(by: string): Session
  session(id: string): Session
  /** `lag`: the longest time in seconds until lists and states show it; the truth is up to 98 % of it. */
  make(by: string, text: string, key: string, lag: number): MadePost
  shown(): MadePost[]
  refusal(kind: Failure['kind'], extra?: Partial<Failure>): Error
  /** May refuse a changing call, before or after it took effect. */
  change<T>(effect: () => T): T
  /** May refuse a question. */
  question<T>(effect: () => T): T
}

/** Bytes of every video here, of a chunk, and of what leaves in one go. */
export const BYTES = 100
export const CHUNK = 50
export const PIECE = 25

export function createPlatform(clock: Clock, dice: Dice, faults: Faults, subject: Subject, same: boolean): Platform {
  const posts: MadePost[] = []
  const sessions = new Map<string, Session>()
  const refusal = (kind: Failure['kind'], extra: Partial<Failure> = {}): Error =>
    new subject.Refused({
      kind,
      scope: 'delivery',
      code: `platform_${kind}`,
      message: 'The platform refused.',
      ...extra
    })
  const whim = (kinds: readonly (readonly [Failure['kind'], number])[]): Error => {
    const scope = dice.pick([['delivery', 8] as const, ['account', 1] as const, ['app', 1] as const])
    return refusal(dice.pick(kinds), { scope, ...(dice.chance(0.1) ? { after: dice.between(10, 3000) } : {}) })
  }
  return {
    clock,
    dice,
    faults,
    subject,
    posts,
    pending: [],
    areSameBytes: same,
    open(by) {
      const session: Session = {
        id: `s${sessions.size}`,
        by,
        received: 0,
        isAlive: true,
        readyAt: clock.now + dice.between(0, 60),
        post: null
      }
      sessions.set(session.id, session)
      if (dice.chance(0.06)) {
        clock.at(clock.now + dice.between(1, 900), () => {
          session.isAlive = false
        })
      }
      return session
    },
    session: id => sessions.get(id) as Session,
    make(by, text, key, lag) {
      const wait = Math.min(dice.chance(0.5) ? dice.between(0, 2) : lag, late(dice) * lag)
      const shownAt = clock.now + wait
      const post: MadePost = { id: `p${posts.length}`, by, text, key, at: clock.now, shownAt, isRemoved: false }
      posts.push(post)
      return post
    },
    shown: () => posts.filter(p => p.shownAt <= clock.now && !p.isRemoved),
    refusal,
    change(effect) {
      if (!dice.chance(faults.refusal)) return effect()
      if (dice.chance(0.4)) {
        // Refused and yet done: the connector knows that this answer may hide a success.
        effect()
        throw refusal('unknown')
      }
      throw whim([
        ['retry', 10],
        ['restart', 4],
        ['permanent', 1],
        ['relink', 1],
        ['operator', 1],
        ['unknown', 3]
      ])
    },
    question(effect) {
      if (!dice.chance(faults.refusedQuestion)) return effect()
      throw whim([
        ['retry', 10],
        ['restart', 3],
        ['permanent', 1],
        ['relink', 2],
        ['operator', 1]
      ])
    }
  }
}

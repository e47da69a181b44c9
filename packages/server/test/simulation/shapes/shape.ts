import type { Doubt, Progress, Publisher } from '@upload24/connectors'
import { z } from 'zod'
import { BYTES, CHUNK, type MadePost, type Platform, type Session } from '../platform.ts'
import { postOf } from '../world.ts'

/** One way in which platforms publish, as hostile as its documentation leaves room for. */
export interface ShapeUnderTest {
  readonly name: string
  /** Two deliveries with the same text go to one account: a list cannot tell them apart. */
  readonly hasTwins: boolean
  build(platform: Platform): Publisher<unknown, any>
}

/** States are plain values here; the engine under test does not parse them. */
export const anyState: z.ZodType<any> = z.any()

export const transfer = <S>(state: S, sent: number, size = CHUNK): Progress<S> => ({
  at: 'transfer',
  state,
  sent,
  end: Math.min(sent + size, BYTES)
})

export const published = (post: MadePost | { id: string }): Progress<never> => ({
  at: 'published',
  post: postOf(post.id)
})

/** Bytes that arrive in a session, in order. */
export const takeInto =
  (session: Session, whole?: () => void) =>
  (start: number, end: number): void => {
    if (!session.isAlive || start > session.received) return
    const isFirst = session.received < BYTES
    session.received = Math.max(session.received, end)
    if (isFirst && session.received === BYTES) whole?.()
  }

/** Posts of this text that were not there before, and are no other delivery's. */
export const newcomers = (p: Platform, text: string, watermark: readonly string[], doubt: Doubt): MadePost[] =>
  p.shown().filter(x => x.text === text && !watermark.includes(x.id) && !doubt.taken.includes(x.id))

/** A platform that folds an identical commit into the first, for `seconds`; not while the first is still being worked on. */
export function createFold(p: Platform, seconds: number): (key: string, make: () => MadePost) => [MadePost, boolean] {
  const memory = new Map<string, { post: MadePost; doneAt: number; until: number }>()
  return (key, make) => {
    const { now } = p.clock
    const first = memory.get(key)
    if (first && now >= first.doneAt && now < first.until) return [first.post, true]
    const post = make()
    if (!first || now >= first.until) {
      const doneAt = now + (p.dice.chance(0.4) ? p.dice.between(0, 20) : 0)
      memory.set(key, { post, doneAt, until: now + seconds })
    }
    return [post, false]
  }
}

/** The commit's body: stored in `state` before the first try. Without that rule, made anew each time. */
export const bodyOf = (p: Platform, stored: string): string => (p.areSameBytes ? stored : `${stored}${p.dice.roll()}`)

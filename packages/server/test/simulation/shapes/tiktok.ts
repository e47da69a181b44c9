import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { acceptLater } from './accepted.ts'
import { anyState, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
  /** We were told that it took the last byte. */
  readonly isTaken?: true
}

/** The last byte is acknowledged and decided later; a status is asked by an id that the platform forgets once in twenty. */
export const tiktok: ShapeUnderTest = {
  name: 'tiktok',
  hasTwins: false,
  build(p) {
    const accepted = acceptLater(p, 60)
    const isForgotten = p.dice.chance(0.05)
    return {
      state: anyState,
      settleSeconds: 60,
      async prepare(_state, post, ctx) {
        return transfer(await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker })), 0)
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        return wire(ctx).upload(
          chunk,
          takeInto(s, () => accepted.accept(state.by, s.id)),
          (): Progress<State> => {
            if (s.received === BYTES) return { at: 'processing', state: { ...state, isTaken: true }, askAgainIn: 10 }
            if (!s.isAlive) throw p.refusal('restart')
            return transfer(state, s.received)
          }
        )
      },
      async check(state: State, ctx) {
        return wire(ctx).read((): Progress<State> => {
          const job = accepted.status(state.session, state.isTaken)
          if (job.at === 'unknown') {
            const s = p.session(state.session)
            // The state is late: it shows less than what arrived.
            return s.isAlive ? transfer(state, Math.min(s.received, BYTES / 2)) : { at: 'gone' }
          }
          if (isForgotten) return { at: 'unclear' }
          if (job.at === 'failed') return { at: 'rejected', failure: job.failure }
          if (job.at === 'working') return { at: 'processing', state: { ...state, isTaken: true }, askAgainIn: 20 }
          return p.dice.chance(0.3) ? { at: 'published' } : published(job.post)
        })
      }
    }
  }
}

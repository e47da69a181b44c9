import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { acceptLater } from './accepted.ts'
import { anyState, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
  /** We were told that it took the finish. */
  readonly isTaken?: true
}

/** The finish is acknowledged; whether a post comes of it is told by a status that lags. */
export const facebook: ShapeUnderTest = {
  name: 'facebook',
  hasTwins: false,
  build(p) {
    const accepted = acceptLater(p, 120)
    return {
      state: anyState,
      settleSeconds: 120,
      async prepare(_state, post, ctx) {
        return transfer(await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker })), 0)
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        return wire(ctx).upload(chunk, takeInto(s), (): Progress<State> => {
          if (!s.isAlive) throw p.refusal('restart')
          return s.received < BYTES ? transfer(state, s.received) : { at: 'ready', state }
        })
      },
      async commit(state: State, ctx) {
        return wire(ctx).change((): Progress<State> => {
          if (!p.session(state.session).isAlive) throw p.refusal('restart')
          accepted.accept(state.by, state.session)
          return { at: 'processing', state: { ...state, isTaken: true }, askAgainIn: 10 }
        })
      },
      async check(state: State, ctx) {
        const s = p.session(state.session)
        return wire(ctx).read((): Progress<State> => {
          const job = accepted.status(state.session, state.isTaken)
          if (job.at === 'failed') return { at: 'rejected', failure: job.failure }
          if (job.at === 'done') return published(job.post)
          if (job.at === 'working') return { at: 'processing', state: { ...state, isTaken: true }, askAgainIn: 20 }
          if (!s.isAlive) return { at: 'gone' }
          return s.received < BYTES ? transfer(state, s.received) : { at: 'ready', state }
        })
      }
    }
  }
}

import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
  readonly confirmed: number
  readonly isFinal?: true
}

/** Segments without an offset to ask for, a finalise, a post. The medium's key shows in a timeline, late. */
export const x: ShapeUnderTest = {
  name: 'x',
  hasTwins: false,
  build(p) {
    const next = (state: State): Progress<State> =>
      state.confirmed < BYTES ? transfer(state, state.confirmed) : { at: 'prepare', state }
    return {
      state: anyState,
      settleSeconds: 600,
      async prepare(state: State | null, post, ctx) {
        if (!state) {
          const by = post.marker
          return next(await wire(ctx).change(() => ({ session: p.open(by).id, by, confirmed: 0 })))
        }
        const s = p.session(state.session)
        return wire(ctx).change((): Progress<State> => {
          if (!s.isAlive || s.received < BYTES) throw p.refusal('restart')
          return { at: 'processing', state: { ...state, isFinal: true }, askAgainIn: 10 }
        })
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        return wire(ctx).upload(chunk, takeInto(s), () => {
          if (!s.isAlive) throw p.refusal('restart')
          return next({ ...state, confirmed: chunk.end })
        })
      },
      async commit(state: State, ctx) {
        const s = p.session(state.session)
        return wire(ctx).change(() => {
          // The filter against duplicates is a net, not an answer: it may hide a success.
          if (s.post && p.dice.chance(0.3)) throw p.refusal('unknown')
          if (!s.isAlive) throw p.refusal('restart')
          s.post = p.make(state.by, 'text', s.id, 600)
          return published(s.post)
        })
      },
      async check(state: State, ctx, doubt) {
        const s = p.session(state.session)
        return wire(ctx).read((): Progress<State> => {
          const ours = doubt?.commits ? p.shown().find(post => post.key === state.session) : undefined
          if (ours) return published(ours)
          if (!s.isAlive) return { at: 'gone' }
          if (!state.isFinal) return next(state)
          return p.clock.now < s.readyAt ? { at: 'processing', state, askAgainIn: 10 } : { at: 'ready', state }
        })
      }
    }
  }
}

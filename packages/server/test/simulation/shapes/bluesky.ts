import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, bodyOf, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
  readonly record?: string
}

/** The post's own key is ours to choose: a repeat is a no-op for ever. */
export const bluesky: ShapeUnderTest = {
  name: 'bluesky',
  hasTwins: false,
  build(p) {
    return {
      state: anyState,
      settleSeconds: 10,
      repeatableSeconds: Number.POSITIVE_INFINITY,
      async prepare(state: State | null, post, ctx) {
        if (!state) {
          return transfer(await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker })), 0)
        }
        const s = p.session(state.session)
        return wire(ctx).change((): Progress<State> => {
          if (!s.isAlive || s.received < BYTES) throw p.refusal('restart')
          return { at: 'processing', state: { ...state, record: `r${s.id}` }, askAgainIn: 10 }
        })
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        return wire(ctx).upload(chunk, takeInto(s), (): Progress<State> => {
          if (!s.isAlive) throw p.refusal('restart')
          return s.received < BYTES ? transfer(state, s.received) : { at: 'prepare', state }
        })
      },
      async commit(state: State, ctx) {
        const record = bodyOf(p, String(state.record))
        return wire(ctx).change(() => {
          const first = p.posts.find(x => x.key === record)
          // The swap fails because the first try worked: a refusal that looks plain.
          if (first && p.dice.chance(0.3)) throw p.refusal('permanent')
          return published(first ?? p.make(state.by, 'text', record, 10))
        })
      },
      async check(state: State, ctx, doubt) {
        const s = p.session(state.session)
        return wire(ctx).read((): Progress<State> => {
          const ours = doubt?.commits ? p.shown().find(x => x.key === state.record) : undefined
          if (ours) return published(ours)
          if (!s.isAlive) return { at: 'gone' }
          if (s.received < BYTES) return transfer(state, s.received)
          if (state.record === undefined) return { at: 'prepare', state }
          return p.clock.now < s.readyAt ? { at: 'processing', state, askAgainIn: 10 } : { at: 'ready', state }
        })
      }
    }
  }
}

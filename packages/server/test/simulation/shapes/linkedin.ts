import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, bodyOf, createFold, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
}

/** Nothing can be read back: an identical post is folded into the first for eleven minutes, and that is all. */
export const linkedin: ShapeUnderTest = {
  name: 'linkedin',
  hasTwins: false,
  build(p) {
    const fold = createFold(p, 660)
    return {
      state: anyState,
      settleSeconds: 30,
      repeatableSeconds: 480,
      async prepare(state: State | null, post, ctx) {
        if (!state) {
          return transfer(await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker })), 0)
        }
        return wire(ctx).change((): Progress<State> => {
          if (!p.session(state.session).isAlive) throw p.refusal('restart')
          return { at: 'ready', state }
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
        const body = bodyOf(p, state.session)
        return wire(ctx).change(() => {
          const [post, isRepeat] = fold(body, () => p.make(state.by, 'text', state.session, 30))
          if (isRepeat && p.dice.chance(0.3)) throw p.refusal(p.dice.chance(0.5) ? 'permanent' : 'retry')
          return published(post)
        })
      },
      async check(state: State, ctx, doubt) {
        if (doubt?.commits) return { at: 'unclear' }
        const s = p.session(state.session)
        return wire(ctx).read((): Progress<State> => {
          if (!s.isAlive) return { at: 'gone' }
          return s.received < BYTES ? transfer(state, s.received) : { at: 'prepare', state }
        })
      }
    }
  }
}

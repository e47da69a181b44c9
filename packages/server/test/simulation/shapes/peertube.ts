import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
}

/** The last byte makes the post and ends the session. The post carries our marker. */
export const peertube: ShapeUnderTest = {
  name: 'peertube',
  hasTwins: false,
  build(p) {
    return {
      state: anyState,
      settleSeconds: 60,
      async prepare(_state, post, ctx) {
        return transfer(await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker })), 0)
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        const make = () => {
          s.post = p.make(state.by, 'text', state.by, 60)
          s.isAlive = false
        }
        return wire(ctx).upload(chunk, takeInto(s, make), (): Progress<State> => {
          if (s.post) return published(s.post)
          if (!s.isAlive) throw p.refusal(chunk.end === BYTES ? 'unknown' : 'restart')
          return transfer(state, s.received)
        })
      },
      async check(state: State, ctx) {
        const s = p.session(state.session)
        const known = await wire(ctx).read(() => (s.isAlive ? transfer(state, s.received) : null))
        if (known) return known
        const ours = await wire(ctx).read(() => p.shown().find(x => x.key === state.by))
        return ours ? published(ours) : { at: 'gone' }
      }
    }
  }
}

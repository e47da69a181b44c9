import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, bodyOf, createFold, published, type ShapeUnderTest, transfer } from './shape.ts'

interface State {
  readonly by: string
  readonly medium?: string
}

/** A key folds repeats for an hour; afterwards the medium tells whether it was posted. */
export const mastodon: ShapeUnderTest = {
  name: 'mastodon',
  hasTwins: false,
  build(p) {
    const fold = createFold(p, 3600)
    return {
      state: anyState,
      settleSeconds: 30,
      repeatableSeconds: 3000,
      async prepare(_state, post) {
        return transfer({ by: post.marker }, 0, BYTES)
      },
      async send(state: State, chunk, ctx) {
        return wire(ctx).upload(
          chunk,
          () => {},
          (): Progress<State> => {
            const medium = p.open(state.by)
            return { at: 'processing', state: { ...state, medium: medium.id }, askAgainIn: 10 }
          }
        )
      },
      async commit(state: State, ctx) {
        const s = p.session(String(state.medium))
        const key = bodyOf(p, state.by)
        return wire(ctx).change(() => {
          const [post] = fold(key, () => {
            if (!s.isAlive) throw p.refusal('permanent')
            s.post = p.make(state.by, 'text', s.id, 30)
            return s.post
          })
          return published(post)
        })
      },
      async check(state: State, ctx, doubt) {
        if (state.medium === undefined) return transfer(state, 0, BYTES)
        const s = p.session(state.medium)
        return wire(ctx).read((): Progress<State> => {
          if (doubt?.commits) {
            const ours = p.shown().find(x => x.key === s.id)
            if (ours) return published(ours)
            return s.isAlive ? { at: 'ready', state } : { at: 'unclear', askAgainIn: 30 }
          }
          if (!s.isAlive) return { at: 'gone' }
          return p.clock.now < s.readyAt ? { at: 'processing', state, askAgainIn: 10 } : { at: 'ready', state }
        })
      }
    }
  }
}

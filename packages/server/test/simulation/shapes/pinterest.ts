import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, newcomers, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
  readonly watermark?: readonly string[]
}

/** All bytes in one form; the post is found only by its text in a list, ten minutes late. */
export const pinterest: ShapeUnderTest = {
  name: 'pinterest',
  hasTwins: true,
  build(p) {
    return {
      state: anyState,
      settleSeconds: 600,
      async prepare(state: State | null, post, ctx) {
        if (!state) {
          const opened = await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker }))
          return transfer(opened, 0, BYTES)
        }
        const watermark = await wire(ctx).read(() => p.shown().map(x => x.id))
        return { at: 'ready', state: { ...state, watermark } }
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        return wire(ctx).upload(chunk, takeInto(s), (): Progress<State> => {
          if (!s.isAlive) throw p.refusal('restart')
          return { at: 'processing', state, askAgainIn: 10 }
        })
      },
      async commit(state: State, ctx) {
        const s = p.session(state.session)
        return wire(ctx).change(() => {
          if (!s.isAlive) throw p.refusal('restart')
          return published(p.make(state.by, 'the same text', s.id, 600))
        })
      },
      async check(state: State, ctx, doubt) {
        const s = p.session(state.session)
        return wire(ctx).read((): Progress<State> => {
          if (doubt?.commits) {
            const ours = newcomers(p, 'the same text', state.watermark ?? [], doubt)
            if (ours.length > 1) return { at: 'unclear', askAgainIn: 60 }
            if (ours[0]) return published(ours[0])
            return s.isAlive ? { at: 'ready', state } : { at: 'gone' }
          }
          if (!s.isAlive) return { at: 'gone' }
          if (s.received < BYTES) return transfer(state, 0, BYTES)
          return p.clock.now < s.readyAt ? { at: 'processing', state, askAgainIn: 15 } : { at: 'prepare', state }
        })
      }
    }
  }
}

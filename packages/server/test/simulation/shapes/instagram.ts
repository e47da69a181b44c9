import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, newcomers, published, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
  readonly watermark?: readonly string[]
}

/** A container is filled, worked on, and published. A lost answer is settled by its state and by what is new in a list. */
export const instagram: ShapeUnderTest = {
  name: 'instagram',
  hasTwins: true,
  build(p) {
    return {
      state: anyState,
      settleSeconds: 90,
      async prepare(state: State | null, post, ctx) {
        if (!state) {
          return transfer(await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker })), 0)
        }
        const watermark = await wire(ctx).read(() => p.shown().map(x => x.id))
        return { at: 'ready', state: { ...state, watermark } }
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        return wire(ctx).upload(chunk, takeInto(s), (): Progress<State> => {
          if (!s.isAlive) throw p.refusal('restart')
          return s.received < BYTES ? transfer(state, s.received) : { at: 'processing', state, askAgainIn: 10 }
        })
      },
      async commit(state: State, ctx) {
        const s = p.session(state.session)
        return wire(ctx).change(() => {
          if (!s.isAlive) throw p.refusal('restart')
          // A second publish is documented nowhere: here it posts again.
          s.post = p.make(state.by, 'the same text', s.id, 90)
          return published(s.post)
        })
      },
      async check(state: State, ctx, doubt) {
        const s = p.session(state.session)
        if (!doubt?.commits) {
          return wire(ctx).read((): Progress<State> => {
            if (!s.isAlive) return { at: 'gone' }
            if (s.received < BYTES) return transfer(state, s.received)
            return p.clock.now < s.readyAt ? { at: 'processing', state, askAgainIn: 15 } : { at: 'prepare', state }
          })
        }
        const isPublished = await wire(ctx).read(() => s.post !== null && s.post.shownAt <= p.clock.now)
        const ours = await wire(ctx).read(() => newcomers(p, 'the same text', state.watermark ?? [], doubt))
        if (ours.length > 1) return { at: 'unclear', askAgainIn: 60 }
        if (ours[0]) return published(ours[0])
        if (isPublished) return { at: 'processing', state, askAgainIn: 15 }
        return s.isAlive ? { at: 'ready', state } : { at: 'gone' }
      }
    }
  }
}

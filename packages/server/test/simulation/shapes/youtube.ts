import type { Progress } from '@upload24/connectors'
import { wire } from '../wire.ts'
import { postOf } from '../world.ts'
import { anyState, type ShapeUnderTest, takeInto, transfer } from './shape.ts'

interface State {
  readonly session: string
  readonly by: string
  readonly id?: string
}

/** The last byte makes the post, and the session can be asked until it is forgotten; then only the channel's list is left. */
export const youtube: ShapeUnderTest = {
  name: 'youtube',
  hasTwins: false,
  build(p) {
    /** The list is late; the session knows at once. */
    const LIST = 480
    const where = (state: State): Progress<State> => {
      const s = p.session(state.session)
      return s.post ? made(state, s.post.id) : transfer(state, s.received)
    }
    const made = (state: State, id: string): Progress<State> => ({
      at: 'processing',
      state: { ...state, id },
      askAgainIn: 20,
      post: postOf(id)
    })
    return {
      state: anyState,
      settleSeconds: 30,
      async prepare(_state, post, ctx) {
        return transfer(await wire(ctx).change(() => ({ session: p.open(post.marker).id, by: post.marker })), 0)
      },
      async send(state: State, chunk, ctx) {
        const s = p.session(state.session)
        const make = () => {
          s.post = p.make(state.by, 'title', s.id, LIST)
        }
        return wire(ctx).upload(chunk, takeInto(s, make), () => {
          if (!s.isAlive && !s.post) throw p.refusal('restart')
          return where(state)
        })
      },
      async check(state: State, ctx, doubt) {
        const s = p.session(state.session)
        if (state.id !== undefined) {
          return wire(ctx).read((): Progress<State> => {
            if (p.clock.now < s.readyAt + 60) return made(state, String(state.id))
            const post = p.posts.find(x => x.id === state.id)
            const whim = p.dice.roll()
            if (!post?.isRemoved && whim > p.faults.rejection)
              return { at: 'published', post: postOf(String(state.id)) }
            if (post) post.isRemoved = true
            const kind = whim < p.faults.rejection / 2 ? 'permanent' : 'restart'
            return {
              at: 'rejected',
              failure: { kind, scope: 'delivery', code: 'unusable', message: 'The video cannot be used.' }
            }
          })
        }
        const known = await wire(ctx).read(() => (s.isAlive ? where(state) : null))
        if (known) return known
        if (!doubt?.commits) return { at: 'gone' }
        const ours = await wire(ctx).read(() =>
          p.shown().filter(x => x.by === state.by && !doubt.taken.includes(x.id) && x.key === state.session)
        )
        if (ours[0]) return made(state, ours[0].id)
        return ctx.now.getTime() - doubt.since.getTime() > 900_000 ? { at: 'gone' } : { at: 'unclear', askAgainIn: 60 }
      }
    }
  }
}

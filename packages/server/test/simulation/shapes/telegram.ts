import type { Progress } from '@upload24/connectors'
import { BYTES } from '../platform.ts'
import { wire } from '../wire.ts'
import { anyState, published, type ShapeUnderTest, transfer } from './shape.ts'

interface State {
  readonly by: string
  readonly file?: string
}

/** What was posted cannot be asked, but for a probe of the next message ids that works in some chats. */
export const telegram: ShapeUnderTest = {
  name: 'telegram',
  hasTwins: false,
  build(p) {
    const canProbe = p.dice.chance(0.3)
    return {
      state: anyState,
      settleSeconds: 30,
      async prepare(state: State | null, post, ctx) {
        if (!state?.file) return transfer({ by: post.marker }, 0, BYTES)
        await wire(ctx).read(() => null)
        return { at: 'ready', state }
      },
      async send(state: State, chunk, ctx) {
        return wire(ctx).upload(
          chunk,
          () => {},
          (): Progress<State> => ({ at: 'prepare', state: { ...state, file: p.open(state.by).id } })
        )
      },
      async commit(state: State, ctx) {
        return wire(ctx).change(() => {
          const post = p.make(state.by, 'text', String(state.file), 30)
          return p.dice.chance(0.05) ? { at: 'published' } : published(post)
        })
      },
      async check(state: State, ctx, doubt) {
        if (!doubt?.commits) return state.file ? { at: 'prepare', state } : transfer(state, 0, BYTES)
        const ours = await wire(ctx).read(() =>
          canProbe ? p.shown().find(x => x.by === state.by && !doubt.taken.includes(x.id)) : undefined
        )
        return ours ? published(ours) : { at: 'unclear' }
      }
    }
  }
}

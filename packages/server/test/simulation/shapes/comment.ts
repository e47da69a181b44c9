import type { Progress } from '@upload24/connectors'
import { wire } from '../wire.ts'
import { anyState, published, type ShapeUnderTest } from './shape.ts'

interface State {
  readonly by: string
}

/** What is done once a post exists: no bytes, one commit, and known again by its text in a list. */
export const comment: ShapeUnderTest = {
  name: 'comment',
  hasTwins: false,
  build(p) {
    const find = () => p.shown().find(each => each.text === 'a comment')
    return {
      state: anyState,
      settleSeconds: 90,
      prepare: (_state, post, ctx) =>
        wire(ctx).read((): Progress<State> => {
          const ours = find()
          return ours ? published(ours) : { at: 'ready', state: { by: post.marker } }
        }),
      commit: ({ by }: State, ctx) => wire(ctx).change(() => published(p.make(by, 'a comment', by, 90))),
      check: (state: State, ctx) =>
        wire(ctx).read((): Progress<State> => {
          const ours = find()
          return ours ? published(ours) : { at: 'ready', state }
        })
    }
  }
}

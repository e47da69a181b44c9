import type { Context, Progress } from '../connector.ts'
import { Refused } from '../failures.ts'
import { failureOf, isNotVisible } from './errors.ts'
import { at } from './graph.ts'
import { Container, type InstagramState, read } from './shapes.ts'

type Where = Progress<InstagramState>

/** "Query a container's status once per minute": developers.facebook.com/documentation/instagram-platform/content-publishing. The first looks are for short files. */
const PACE = [5, 10, 20, 30, 60]
/** Some five hours. */
const MAX_POLLS = 300
/** A container that was made a moment ago is not always seen. */
const MAX_MISSES = 4

/** Nothing was published yet: where is the container? */
export async function watch(state: InstagramState, ctx: Context): Promise<Where> {
  const container = await readContainer(state, ctx)
  if (container === null) return missed(state)
  const upload = container.video_status?.uploading_phase
  const sent = upload?.bytes_transferred ?? upload?.bytes_transfered
  const isSent = state.uri === undefined || state.isSent || upload?.status === 'complete' || sent === state.bytes
  const found = { ...state, misses: 0, ...(isSent && state.uri !== undefined ? { isSent } : {}) }
  switch (container.status_code) {
    case 'ERROR':
      return { at: 'rejected', failure: failureOf(container.status) }
    case 'EXPIRED':
      return { at: 'gone' }
    case 'FINISHED':
      return { at: 'prepare', state: found }
    case 'PUBLISHED':
      // Meta's own example shows it in the middle of an upload.
      if (isSent) return { at: 'published' }
  }
  if (isSent) return processing(found)
  return sent === undefined ? missed(state) : transfer(found, Math.min(sent, state.bytes))
}

/** The whole rest in one body: growing offsets are documented for resuming alone, and no size of a part is. */
export const transfer = (state: InstagramState, sent: number): Where => ({
  at: 'transfer',
  state,
  sent,
  end: state.bytes
})

function processing(state: InstagramState): Where {
  const polls = state.polls ?? 0
  if (polls >= MAX_POLLS) return { at: 'gone' }
  return { at: 'processing', state: { ...state, polls: polls + 1 }, askAgainIn: PACE[polls] ?? 60 }
}

function missed(state: InstagramState): Where {
  const misses = (state.misses ?? 0) + 1
  return misses >= MAX_MISSES ? { at: 'gone' } : { at: 'processing', state: { ...state, misses }, askAgainIn: 30 }
}

/** Null: Instagram does not show it. */
export async function readContainer(state: InstagramState, { http }: Context): Promise<Container | null> {
  const fields =
    state.uri === undefined || state.isSent ? 'id,status_code,status' : 'id,status_code,status,video_status'
  try {
    return read(Container, await http('api', at(state.container, { fields })))
  } catch (error) {
    if (error instanceof Refused && isNotVisible(error.failure)) return null
    throw error
  }
}

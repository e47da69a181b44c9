import type { Reply } from '../../sandbox/reply.ts'
import { digest } from '../../sandbox/secrets.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { refuse } from './errors.ts'
import { makeSession } from './insert.ts'
import type { World } from './model.ts'
import { divide } from './related.ts'
import { finish } from './session.ts'

const MAX_BYTES = 274_877_906_944

export interface Simple {
  readonly query: URLSearchParams
  readonly contentType: string
  readonly slug: string | undefined
  readonly stream: AsyncIterable<Uint8Array>
  readonly stop: () => void
}

/** POST with `uploadType=multipart` (metadata and media) or `media` (the bytes alone): the whole upload in one request. */
export async function uploadSimply(upload: Simple, caller: Holder, world: World): Promise<Reply> {
  const { query, slug, stop } = upload
  const { text, type, media } =
    query.get('uploadType') === 'media' ? whole(upload) : await divide(upload.contentType, upload.stream)
  const { id, session } = await makeSession({ query, type, length: null, slug, text }, caller, world)
  const part = { offset: 0, limit: MAX_BYTES, unit: 1, stream: media.bytes, stop }
  const total = await world.deps.bytes.append(digest(id), part)
  if (total === 0 || !media.isWhole()) {
    await world.deps.bytes.remove(digest(id))
    throw refuse(400, 'mediaBodyRequired', {
      domain: 'youtube.video',
      message: 'The request does not include the video content.'
    })
  }
  return { ...(await finish(id, { ...session, total }, world)), status: 200 }
}

/** `uploadType=media`: the bytes alone. */
const whole = ({ contentType, stream }: Simple) => ({
  text: '',
  type: contentType,
  media: { bytes: stream, isWhole: () => true }
})

import type { Reply } from '../../sandbox/reply.ts'
import { digest } from '../../sandbox/secrets.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { refuse } from './errors.ts'
import { makeSession } from './insert.ts'
import type { World } from './model.ts'
import { finish } from './session.ts'

const MAX_BYTES = 274_877_906_944
const MAX_PRELUDE = 2 ** 20

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
  const { text, type, media } = await divide(upload)
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

interface Divided {
  readonly text: string
  readonly type: string
  readonly media: Media
}
interface Media {
  readonly bytes: AsyncIterable<Uint8Array>
  isWhole(): boolean
}

async function divide({ query, contentType, stream }: Simple): Promise<Divided> {
  if (query.get('uploadType') === 'media')
    return { text: '', type: contentType, media: { bytes: stream, isWhole: () => true } }
  const boundary = /^multipart\/related;.*boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) throw refuse(400, 'badRequest', { message: 'Missing body or boundary.' })
  const source = stream[Symbol.asyncIterator]()
  let held = Buffer.alloc(0)
  const upTo = async (mark: string): Promise<string> => {
    for (;;) {
      const at = held.indexOf(mark)
      if (at >= 0) {
        const found = held.subarray(0, at).toString('utf8')
        held = held.subarray(at + mark.length)
        return found
      }
      const { done, value } = await source.next()
      if (done || held.length > MAX_PRELUDE) throw refuse(400, 'badContent', { message: 'Malformed multipart body.' })
      held = Buffer.concat([held, value])
    }
  }
  await upTo(`--${boundary}`)
  await upTo('\r\n\r\n')
  const text = await upTo(`\r\n--${boundary}`)
  const headers = await upTo('\r\n\r\n')
  const type = /content-type:\s*([^\r\n]+)/i.exec(headers)?.[1]?.trim() ?? ''
  return { text, type, media: untilMark(held, source, Buffer.from(`\r\n--${boundary}`)) }
}

/** The bytes before the closing mark, of which a part may lie in each of two pieces. */
function untilMark(first: Buffer, source: AsyncIterator<Uint8Array>, mark: Buffer): Media {
  let isWhole = false
  const bytes = async function* (): AsyncGenerator<Uint8Array> {
    let held = first
    for (;;) {
      const at = held.indexOf(mark)
      if (at >= 0) {
        isWhole = true
        if (at > 0) yield held.subarray(0, at)
        while (!(await source.next()).done);
        return
      }
      const sure = held.length - mark.length
      if (sure > 0) {
        yield held.subarray(0, sure)
        held = held.subarray(sure)
      }
      const { done, value } = await source.next()
      if (done) return
      held = Buffer.concat([held, value])
    }
  }
  return { bytes: bytes(), isWhole: () => isWhole }
}

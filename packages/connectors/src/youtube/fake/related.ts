import { refuse } from './errors.ts'

const MAX_PRELUDE = 2 ** 20

export interface Divided {
  readonly text: string
  readonly type: string
  readonly media: Media
}
export interface Media {
  readonly bytes: AsyncIterable<Uint8Array>
  isWhole(): boolean
}

/** Takes `multipart/related` apart: metadata, then media, whose bytes are still to come. */
export async function divide(contentType: string, stream: AsyncIterable<Uint8Array>): Promise<Divided> {
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

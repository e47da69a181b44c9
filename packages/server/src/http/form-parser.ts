import { type PartHeaders, parsePartHeaders } from './form-headers.ts'
import { problem } from './problem.ts'

/** What the parser tells, in the order of the form: `onPart`, any number of `onData`, `onPartEnd`; and again. */
export interface FormEvents {
  onPart(headers: PartHeaders): void
  /** A view into the chunk that was written: nothing is copied. */
  onData(bytes: Buffer): void
  onPartEnd(): void
}

export interface FormParser {
  /** Throws `malformed_form`. */
  write(chunk: Buffer): void
  /** Throws `malformed_form` unless the closing boundary has come. */
  end(): void
}

const MAX_HEADER_BYTES = 16 << 10
/** RFC 2046 lets a form have text before and after its parts; nobody sends any, and it is not a place for a file. */
const MAX_STRAY_BYTES = 4 << 10
const CR = 13
const NOTHING = Buffer.alloc(0)

const malformed = (detail: string) => problem('malformed_form', detail)

/**
 * Cuts multipart/form-data (RFC 7578) into parts as it streams. It is our own because nothing may be dropped in silence
 * (parsers at hand skip parts without a name) and because the native search makes it cost next to nothing.
 */
export function createFormParser(boundary: string, events: FormEvents): FormParser {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  let state: 'preamble' | 'boundary' | 'headers' | 'body' | 'done' = 'preamble'
  // The first boundary has no line before it.
  let kept: Buffer = Buffer.from('\r\n')
  let stray = 0

  /** How many of the last bytes may be the beginning of a delimiter. */
  const countUndecided = (data: Buffer, from: number): number => {
    let at = data.indexOf(CR, Math.max(from, data.length - delimiter.length + 1))
    while (at >= 0) {
      if (data.compare(delimiter, 0, data.length - at, at) === 0) return data.length - at
      at = data.indexOf(CR, at + 1)
    }
    return 0
  }
  /** Keeps the rest until more comes. */
  const wait = (data: Buffer, at: number): number => {
    kept = data.subarray(at)
    return data.length
  }
  const give = (bytes: Buffer) => {
    if (state === 'body' && bytes.length > 0) events.onData(bytes)
    if (state === 'preamble' || state === 'done') stray += bytes.length
    if (stray > MAX_STRAY_BYTES)
      throw malformed('The body holds bytes outside its parts: is the boundary the right one?')
  }

  const passBody = (data: Buffer, at: number): number => {
    const found = data.indexOf(delimiter, at)
    const end = found >= 0 ? found : data.length - countUndecided(data, at)
    give(data.subarray(at, end))
    if (found < 0) return wait(data, end)
    if (state === 'body') events.onPartEnd()
    state = 'boundary'
    return found + delimiter.length
  }
  const passBoundary = (data: Buffer, at: number): number => {
    if (data.length - at < 2) return wait(data, at)
    const next = data.toString('latin1', at, at + 2)
    if (next !== '--' && next !== '\r\n') throw malformed('A boundary is followed by something else than a line end.')
    state = next === '--' ? 'done' : 'headers'
    return at + 2
  }
  const passHeaders = (data: Buffer, at: number): number => {
    const end = data.indexOf('\r\n\r\n', at)
    if ((end < 0 ? data.length : end) - at > MAX_HEADER_BYTES) throw malformed('The headers of a part are too long.')
    if (end < 0) return wait(data, at)
    events.onPart(parsePartHeaders(data.toString('utf8', at, end)))
    state = 'body'
    return end + 4
  }
  const passDone = (data: Buffer, at: number): number => {
    give(data.subarray(at))
    return data.length
  }
  const pass = { preamble: passBody, body: passBody, boundary: passBoundary, headers: passHeaders, done: passDone }

  return {
    write(chunk) {
      const data = kept.length > 0 ? Buffer.concat([kept, chunk]) : chunk
      kept = NOTHING
      for (let at = 0; at < data.length; ) at = pass[state](data, at)
    },
    end() {
      if (state !== 'done') throw malformed('The form ends before its closing boundary: a part of it is missing.')
    }
  }
}

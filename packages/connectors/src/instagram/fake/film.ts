/** Of a film, as far as reels have rules about it. Null members could not be read. */
export interface Film {
  readonly isMp4: boolean
  /** "moov atom at the front of the file". */
  readonly isIndexFirst: boolean
  readonly seconds: number | null
  readonly width: number | null
  readonly height: number | null
  /** Four letters each: `avc1`, `hvc1`, `mp4a`. */
  readonly codecs: readonly string[]
}

const MAX_INDEX = 16 * 2 ** 20
const FIRST = ['ftyp', 'moov', 'mdat', 'wide', 'free', 'skip']

/** Looks at an MP4 or MOV while its bytes pass: the top boxes, and of them the index whole. */
export function openFilm() {
  const names: string[] = []
  let head = Buffer.alloc(0)
  let skip = 0
  let index: { readonly parts: Uint8Array[]; left: number } | undefined
  let moov: Buffer | undefined

  function take(bytes: Uint8Array): Uint8Array {
    if (index) {
      const part = bytes.subarray(0, index.left)
      index.parts.push(Buffer.from(part))
      index.left -= part.length
      if (index.left === 0) {
        moov = Buffer.concat(index.parts)
        index = undefined
      }
      return bytes.subarray(part.length)
    }
    if (skip > 0) {
      const part = Math.min(skip, bytes.length)
      skip -= part
      return bytes.subarray(part)
    }
    const before = head.length
    head = Buffer.concat([head, bytes.subarray(0, 16 - before)])
    if (head.length < 8) return new Uint8Array()
    const isLarge = head.readUInt32BE(0) === 1
    const length = isLarge ? 16 : 8
    if (head.length < length) return new Uint8Array()
    const size = isLarge ? Number(head.readBigUInt64BE(8)) : head.readUInt32BE(0) || Number.MAX_SAFE_INTEGER
    const name = head.toString('latin1', 4, 8)
    names.push(name)
    if (name === 'moov' && size < MAX_INDEX) index = { parts: [], left: size - length }
    else skip = Math.max(0, size - length)
    head = Buffer.alloc(0)
    return bytes.subarray(length - before)
  }

  return {
    feed(bytes: Uint8Array): void {
      // What is no film at all has no boxes to look for.
      for (let rest = bytes; rest.length > 0 && FIRST.includes(names[0] ?? 'ftyp'); ) rest = take(rest)
    },
    film(): Film {
      const [at, data] = [names.indexOf('moov'), names.indexOf('mdat')]
      const read = moov ? readIndex(moov) : { seconds: null, width: null, height: null, codecs: [] }
      return { isMp4: FIRST.includes(names[0] ?? ''), isIndexFirst: at >= 0 && (data < 0 || at < data), ...read }
    }
  }
}
export type FilmReader = ReturnType<typeof openFilm>

function readIndex(moov: Buffer): Pick<Film, 'seconds' | 'width' | 'height' | 'codecs'> {
  const header = boxes(moov).find(box => box.name === 'mvhd')?.body
  const isLong = header?.[0] === 1
  const scale = header?.readUInt32BE(isLong ? 20 : 12) ?? 0
  const length = header ? (isLong ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16)) : 0
  const codecs: string[] = []
  let [width, height]: [number | null, number | null] = [null, null]
  for (const track of boxes(moov).filter(box => box.name === 'trak')) {
    const shape = boxes(track.body).find(box => box.name === 'tkhd')?.body
    // 16.16 fixed point, the last two of the box; a sound track has none.
    const wide = shape?.readUInt16BE(shape.length - 8) ?? 0
    if (wide > 0) [width, height] = [wide, shape?.readUInt16BE(shape.length - 4) ?? 0]
    const table = ['mdia', 'minf', 'stbl', 'stsd'].reduce<Buffer | undefined>(
      (body, name) => body && boxes(body).find(box => box.name === name)?.body,
      track.body
    )
    if (table && table.length >= 16) codecs.push(table.toString('latin1', 12, 16))
  }
  return { seconds: scale > 0 ? length / scale : null, width, height, codecs }
}

function boxes(body: Buffer): { readonly name: string; readonly body: Buffer }[] {
  const found = []
  for (let at = 0; at + 8 <= body.length; ) {
    const size = body.readUInt32BE(at)
    if (size < 8 || at + size > body.length) break
    found.push({ name: body.toString('latin1', at + 4, at + 8), body: body.subarray(at + 8, at + size) })
    at += size
  }
  return found
}

const VIDEO = ['avc1', 'avc3', 'hvc1', 'hev1']

/** A subcode, or null: reference/ig-user/media#reel-specifications. */
export function judge(film: Film): string | null {
  const { isMp4, isIndexFirst, seconds, width, height, codecs } = film
  const aspect = width && height ? width / height : null
  const isFine =
    isMp4 &&
    isIndexFirst &&
    seconds !== null &&
    seconds >= 3 &&
    seconds <= 900 &&
    width !== null &&
    width <= 1920 &&
    aspect !== null &&
    aspect >= 0.01 &&
    aspect <= 10 &&
    codecs.some(codec => VIDEO.includes(codec)) &&
    codecs.every(codec => VIDEO.includes(codec) || codec === 'mp4a')
  return isFine ? null : '2207026'
}

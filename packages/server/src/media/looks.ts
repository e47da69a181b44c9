/** How many bytes of a file's beginning tell what it is. */
export const HEAD_BYTES = 4096

interface Kind {
  readonly looksLike: string
  /** Set for videos that nobody here can look into: their rules are held against the container alone. */
  readonly container?: string
}

/** `bytes`: hex, `..` for any byte. `at`: where they stand. */
const signatures: readonly (Kind & { readonly bytes: string; readonly at?: number })[] = [
  { bytes: '52494646........415649', looksLike: 'an AVI video', container: 'avi' },
  { bytes: '464c5601', looksLike: 'an FLV video', container: 'flv' },
  { bytes: '3026b2758e66cf11', looksLike: 'a Windows Media video', container: 'wmv' },
  { bytes: '000001ba', looksLike: 'an MPEG video', container: 'mpeg' },
  { bytes: '000001b3', looksLike: 'an MPEG video', container: 'mpeg' },
  { bytes: '060e2b34020501', looksLike: 'an MXF video', container: 'mxf' },
  { bytes: '89504e470d0a1a0a', looksLike: 'a PNG picture' },
  { bytes: 'ffd8ff', looksLike: 'a JPEG picture' },
  { bytes: '474946383', looksLike: 'a GIF picture' },
  { bytes: '52494646........57454250', looksLike: 'a WebP picture' },
  { bytes: '66747970686569', at: 4, looksLike: 'a HEIC picture' },
  { bytes: '6674797061766966', at: 4, looksLike: 'an AVIF picture' },
  { bytes: '52494646........57415645', looksLike: 'a WAV sound file' },
  { bytes: '494433', looksLike: 'an MP3 sound file' },
  { bytes: '664c6143', looksLike: 'a FLAC sound file' },
  { bytes: '25504446', looksLike: 'a PDF document' },
  { bytes: '504b0304', looksLike: 'a ZIP archive' },
  { bytes: '1f8b', looksLike: 'a gzip archive' },
  { bytes: '377abcaf271c', looksLike: 'a 7-Zip archive' },
  { bytes: '7f454c46', looksLike: 'a program' },
  { bytes: '4d5a', looksLike: 'a program' }
]

/** What a file is by its first bytes, where no demuxer knows it. */
export function lookAt(head: Uint8Array): Kind {
  const hex = Buffer.from(head.subarray(0, 64)).toString('hex')
  const found = signatures.find(({ bytes, at = 0 }) => new RegExp(`^.{${at * 2}}${bytes}`).test(hex))
  return found ?? { looksLike: looksLikeText(head) ?? 'no media file of a known kind' }
}

function looksLikeText(head: Uint8Array): string | undefined {
  if (head.includes(0)) return undefined
  let text: string
  try {
    // The last character may be cut.
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true }).trimStart()
  } catch {
    return undefined
  }
  if (/^<(!doctype html|html|head|body)/i.test(text)) return 'a web page'
  if (text.startsWith('#EXTM3U')) return 'a playlist of a video, not the video itself'
  return /^[[{]/.test(text) ? 'JSON' : 'text'
}

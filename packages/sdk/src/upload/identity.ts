import { SourceError } from '../errors.ts'

/** What a file is known by after a reload. */
export interface FileFacts {
  readonly name: string
  readonly size: number
  /** Milliseconds, as the browser tells it; 0 where nothing tells. */
  readonly lastModified: number
  readonly contentType: string
}

/** The same as the server's, for its forms. */
export const byExtension: Readonly<Record<string, string>> = {
  '3g2': 'video/3gpp2',
  '3gp': 'video/3gpp',
  avi: 'video/x-msvideo',
  flv: 'video/x-flv',
  m4v: 'video/mp4',
  mkv: 'video/x-matroska',
  mov: 'video/quicktime',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mpg: 'video/mpeg',
  mts: 'video/mp2t',
  ogv: 'video/ogg',
  ts: 'video/mp2t',
  webm: 'video/webm',
  wmv: 'video/x-ms-wmv'
}

/** `fileName` and `contentType` in place of the file's own. Throws TypeError where there is none. */
export function factsOf(
  source: Blob,
  given: { readonly fileName?: string | undefined; readonly contentType?: string | undefined }
): FileFacts {
  const { name: own, lastModified = 0 } = source as Blob & { name?: string; lastModified?: number }
  const name = given.fileName ?? own
  if (!name) throw new TypeError('fileName is needed: a Blob has no name of its own')
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  // Browsers know no type for some containers, and systems tell wrong ones.
  const told = source.type.startsWith('video/') ? source.type : undefined
  const contentType = given.contentType ?? told ?? byExtension[extension]
  if (contentType === undefined) throw new TypeError(`contentType is needed: "${name}" does not tell what video it is`)
  return { name, size: source.size, lastModified, contentType }
}

const SAMPLES = 16
const SAMPLE_BYTES = 2 ** 14

/** The same file with the same description, also tomorrow and in another tab. Reads 256 KiB at most. */
export async function identify(source: Blob, facts: FileFacts, description: object): Promise<string> {
  const hash = createHash()
  hash.add(new TextEncoder().encode(JSON.stringify(sorted({ facts, description }))))
  // From the first byte to the last: containers tell of themselves at both ends.
  const spread = Math.max(0, source.size - SAMPLE_BYTES)
  for (let sample = 0; sample < SAMPLES; sample++) {
    const at = Math.round((spread * sample) / (SAMPLES - 1))
    const bytes = source.slice(at, at + SAMPLE_BYTES).arrayBuffer()
    hash.add(
      new Uint8Array(
        await bytes.catch(error => {
          throw new SourceError(error)
        })
      )
    )
  }
  return hash.end()
}

/**
 * 64 bits by two multiplicative hashes (FNV-1a's prime and MurmurHash's constant). Not against an adversary, who would only
 * deceive himself; `crypto.subtle` is missing on origins that are not secure.
 */
function createHash() {
  let a = 0x811c9dc5
  let b = 0x9747b28c
  return {
    add(bytes: Uint8Array): void {
      for (const byte of bytes) {
        a = Math.imul(a ^ byte, 0x01000193)
        b = Math.imul(b ^ byte, 0x5bd1e995)
        b ^= b >>> 15
      }
    },
    end: (): string => [a, b].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('')
  }
}

/** Members in the order of their names. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, member]) => [name, sorted(member)]))
}

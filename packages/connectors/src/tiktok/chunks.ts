import type { Answer, Progress } from '../connector.ts'
import { chunkEnd } from '../http.ts'
import type { TiktokState } from './shapes.ts'

/**
 * "Each chunk must be at least 5 MB but no greater than 64 MB, except for the final chunk": …/content-posting-api-media-transfer-guide. A file
 * of 64 to 128 MB in one piece is refused since August 2026, whatever the page says; this plan fits decimal and binary megabytes.
 */
const ONE_CHUNK = 64_000_000
const CHUNK = 10_000_000

/** What TikTok is told at the opening. The remainder rides in the last chunk. */
export function planOf(bytes: number): { readonly chunk: number; readonly count: number } {
  const chunk = bytes <= ONE_CHUNK ? bytes : CHUNK
  return { chunk, count: Math.max(1, Math.floor(bytes / chunk)) }
}

export const transfer = (state: TiktokState, sent: number): Progress<TiktokState> => ({
  at: 'transfer',
  state,
  sent,
  end: chunkEnd(sent, state.bytes, state.chunk, 'long')
})

/** "bytes 0-{UPLOADED_BYTES}/{TOTAL_BYTES}": a count by the words, the last index by the form. Undefined: nothing was told. */
export function uploadedIn({ headers }: Answer): number | undefined {
  const last = /^(?:bytes[ =])?0-(\d+)(?:\/|$)/.exec(headers.get('content-range')?.trim() ?? '')?.[1]
  return last === undefined ? undefined : Number(last)
}

/** The border of the plan that a count, or the index of the last byte, stands for: so many bytes are there, in whole chunks. */
export function wholeOf({ bytes, chunk, count }: TiktokState, uploaded: number): number {
  if (uploaded >= Math.max(1, bytes - 1)) return bytes
  return Math.min(Math.floor((uploaded + 1) / chunk), count - 1) * chunk
}

/** Enough to know a file of captions, whatever its head holds. */
export const HEAD_BYTES = 64 << 10

export interface Attachment {
  readonly kind: 'picture' | 'captions'
  readonly contentType: string
}

const captions = (contentType: string): Attachment => ({ kind: 'captions', contentType })

const TIME = String.raw`\d{1,2}:\d\d:\d\d`
/** By their first line that says something. */
const texts: readonly (readonly [RegExp, Attachment])[] = [
  [/^WEBVTT(?=[ \t\r\n]|$)/, captions('text/vtt')],
  [new RegExp(String.raw`^(\d+\s*\r?\n\s*)?${TIME},\d{1,3} *--> *${TIME},\d{1,3}`), captions('application/x-subrip')],
  [new RegExp(String.raw`^${TIME}\.\d{1,3},${TIME}\.\d{1,3}\s`), captions('text/x-sbv')],
  [/^(<\?xml[^>]*>\s*)?(<!--[\s\S]*?-->\s*)*<(\w+:)?tt[\s>]/, captions('application/ttml+xml')]
]

/** What a picture or a file of captions is by its content; null for anything else. */
export function readAttachment(head: Uint8Array): Attachment | null {
  const start = Buffer.from(head.subarray(0, 8)).toString('hex')
  if (start === '89504e470d0a1a0a') return { kind: 'picture', contentType: 'image/png' }
  if (start.startsWith('ffd8ff')) return { kind: 'picture', contentType: 'image/jpeg' }
  const text = decode(head)?.trimStart()
  return texts.find(([pattern]) => text !== undefined && pattern.test(text))?.[1] ?? null
}

/** UTF-8 alone, with or without its mark, as platforms want captions. The last character may be cut. */
function decode(head: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
  } catch {
    return undefined
  }
}

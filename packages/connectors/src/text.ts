/** The longest beginning of at most `max` UTF-16 units that ends with a whole word; with a whole grapheme where the first word is longer. */
export function cutAtWord(text: string, max: number): string {
  if (text.length <= max) return text
  const room = text.slice(0, max + 1)
  const space = room.search(/\s\S*$/)
  const head = space > 0 ? room.slice(0, space).trimEnd() : ''
  return head === '' ? cutAtGrapheme(text, max) : head
}

function cutAtGrapheme(text: string, max: number): string {
  let end = 0
  for (const { index, segment } of new Intl.Segmenter().segment(text)) {
    if (index + segment.length > max) break
    end = index + segment.length
  }
  // One grapheme longer than the limit: cut between code points.
  return end > 0 ? text.slice(0, end) : text.slice(0, max).replace(/[\ud800-\udbff]$/, '')
}

export const countBytes = (text: string): number => Buffer.byteLength(text, 'utf8')

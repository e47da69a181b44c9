/**
 * A beginning of at most `max` UTF-16 units that ends with a whole word. Where spaces are rare (Chinese, Thai, one long word) it ends with
 * what the language's rules call a word, else with a whole character.
 */
export function cutAtWord(text: string, max: number): string {
  if (text.length <= max) return text
  const space = text.slice(0, max + 1).search(/\s\S*$/)
  if (space >= max / 2) return text.slice(0, space).trimEnd()
  const word = lastBoundary(text, max, 'word')
  if (word >= max / 2) return text.slice(0, word).trimEnd()
  const whole = lastBoundary(text, max, 'grapheme')
  // One character that is longer than the limit: never half of a surrogate pair.
  return whole > 0 ? text.slice(0, whole) : text.slice(0, max).replace(/[\ud800-\udbff]$/, '')
}

function lastBoundary(text: string, max: number, granularity: 'word' | 'grapheme'): number {
  let end = 0
  for (const { index, segment } of new Intl.Segmenter(undefined, { granularity }).segment(text)) {
    if (index + segment.length > max) break
    end = index + segment.length
  }
  return end
}

export const countBytes = (text: string): number => Buffer.byteLength(text, 'utf8')

/** For comparing: platforms change spaces, line ends and the composition of letters. */
export const fold = (text: string): string => text.normalize('NFC').replace(/\s+/g, ' ').trim()

export interface TextRule {
  readonly max: number
  readonly unit: string
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

/** The length of a text as a platform counts it. */
export function countText(text: string, unit: string): number {
  const trimmed = text.trim()
  if (unit === 'bytes') return new TextEncoder().encode(trimmed).length
  if (unit === 'utf16') return trimmed.length
  if (unit === 'graphemes') return [...segmenter.segment(trimmed)].length
  return Array.from(trimmed).length
}

/** `utf16` is what most people mean by characters, but for an emoji. */
export const unitWord = (unit: string): string => (unit === 'bytes' ? 'bytes' : 'characters')

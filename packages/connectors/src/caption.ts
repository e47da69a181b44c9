import type { Adjustment, Fault, Wish } from './connector.ts'

/** Where a post has one text: the title is the caption, and a description has no place. `max` is in UTF-16 units, the strictest reading of "characters". */
export function composeCaption(platform: string, wish: Wish, max: number) {
  const title = wish.title.trim()
  const adjustments: Adjustment[] = []
  const faults: Fault[] = []
  if (title.length > max) {
    const message = `${platform} takes ${max} characters as a caption, and counts an emoji as two or more. Send a shorter title for this account in accountOptions.`
    faults.push({ field: 'title', code: 'too_long', limit: max, measured: title.length, message })
  }
  if (wish.description?.trim()) {
    adjustments.push({ field: 'description', rule: 'no_place_for_description', applied: '' })
  }
  return { title, description: '', adjustments, faults }
}

import { composeCaption } from '../caption.ts'
import type { Account, Adjustment, Composed, Fault, Wish } from '../connector.ts'
import { toFaults } from '../faults.ts'
import { COMMENT_SCOPES } from './comment.ts'
import { DEFAULTS, type InstagramOptions, options } from './options.ts'

/** "Maximum 2200 characters, 30 hashtags, and 20 @ tags": reference/ig-user/media. What a character is, is not said: UTF-16 units are the most. */
export const CAPTION_MAX = 2200
const LIMITS = [
  { code: 'too_many_hashtags', what: 'hashtags', max: 30, find: /(?<![\p{L}\p{N}_&])[#＃][\p{L}\p{N}_]+/gu },
  { code: 'too_many_mentions', what: 'mentions', max: 20, find: /(?<![\p{L}\p{N}_])[@＠][\p{L}\p{N}_.]+/gu }
]

/** The title is the caption. A description has no place on Instagram. */
export function compose(wish: Wish, account: Account): Composed<InstagramOptions> {
  const caption = composeCaption('Instagram', wish, CAPTION_MAX)
  caption.faults.push(...countTags(caption.title))
  const chosen = chooseOptions(wish.options, account, caption.adjustments, caption.faults)
  return { ...caption, options: chosen }
}

function countTags(caption: string): Fault[] {
  const advice = 'Send another title for this account in accountOptions.'
  const faults: Fault[] = []
  for (const { code, what, max, find } of LIMITS) {
    const measured = caption.match(find)?.length ?? 0
    const message = `Instagram takes ${max} ${what} in a caption. ${advice}`
    if (measured > max) faults.push({ field: 'title', code, limit: max, measured, message })
  }
  return faults
}

function chooseOptions(
  given: unknown,
  account: Account,
  adjustments: Adjustment[],
  faults: Fault[]
): InstagramOptions | null {
  if (given === undefined) {
    adjustments.push({ field: 'instagram.shareToFeed', rule: 'default', applied: true })
    return DEFAULTS
  }
  const parsed = options.safeParse(given, { reportInput: true })
  if (!parsed.success) {
    faults.push(...toFaults('instagram', parsed.error, Object.keys(options.shape)))
    return null
  }
  const { firstComment, coverUrl, thumbOffset, ...rest } = parsed.data
  if (firstComment !== undefined && !COMMENT_SCOPES.some(scope => account.scopes.includes(scope))) {
    const message = 'Commenting was not allowed when this account was linked. Link it again and leave every box ticked.'
    faults.push({ field: 'instagram.firstComment', code: 'scope_missing', message })
    return null
  }
  // "cover_url … if you specify both, we use the cover_url value": the moment would be ignored in silence.
  const isCovered = coverUrl !== undefined && thumbOffset !== undefined
  if (isCovered) adjustments.push({ field: 'instagram.thumbOffset', rule: 'cover_goes_first', applied: false })
  return { ...rest, firstComment, coverUrl, thumbOffset: isCovered ? undefined : thumbOffset }
}

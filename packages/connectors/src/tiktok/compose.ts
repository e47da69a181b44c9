import { composeCaption } from '../caption.ts'
import type { Account, Composed, Fault, Wish } from '../connector.ts'
import { toFaults } from '../faults.ts'
import { readFacts } from './creator.ts'
import { options, PRIVACY, PRIVACY_LEVELS, type TiktokOptions } from './options.ts'

/** "The maximum length is 2200 in UTF-16 runes": …/content-posting-api-reference-direct-post. */
export const CAPTION_MAX = 2200

/** The title is the caption. There is no place for a second text, and none for a visibility that nobody chose. */
export function compose(wish: Wish, account: Account): Composed<TiktokOptions> {
  const caption = composeCaption('TikTok', wish, CAPTION_MAX)
  const chosen = chooseOptions(wish.options, account, caption.faults)
  return { ...caption, options: chosen }
}

function chooseOptions(given: unknown, account: Account, faults: Fault[]): TiktokOptions | null {
  const { privacyLevels = PRIVACY_LEVELS } = readFacts(account)
  const parsed = options.safeParse(given ?? {}, { reportInput: true })
  if (!parsed.success) {
    const found = toFaults('tiktok', parsed.error, Object.keys(options.shape))
    faults.push(
      ...found.map(fault => (isMissingPrivacy(fault) ? { ...fault, message: chooseOne(privacyLevels) } : fault))
    )
    return null
  }
  const refused = notOffered(parsed.data, account)
  faults.push(...refused)
  return refused.length > 0 ? null : parsed.data
}

const isMissingPrivacy = ({ field, code }: Fault): boolean => field === 'tiktok.privacyLevel' && code === 'required'

const chooseOne = (levels: readonly string[]): string =>
  `TikTok wants the sender to choose who can see the video, and allows no default. Send one of: ${levels.join(', ')}.`

/** What the account's owner switched off in TikTok, when it was last asked. */
export function closed(account: Account): Record<string, string> {
  const { commentDisabled, duetDisabled, stitchDisabled } = readFacts(account)
  const why = (what: string) => `The settings of this TikTok account do not allow ${what}.`
  return {
    ...(commentDisabled ? { allowComment: why('comments') } : {}),
    ...(duetDisabled ? { allowDuet: why('duets') } : {}),
    ...(stitchDisabled ? { allowStitch: why('stitches') } : {})
  }
}

/** What the account did not offer when it was last asked. TikTok would refuse the visibility; it would switch the others off in silence. */
function notOffered(chosen: TiktokOptions, account: Account): Fault[] {
  const { privacyLevels } = readFacts(account)
  const faults: Fault[] = []
  if (privacyLevels && !privacyLevels.includes(chosen.privacyLevel))
    faults.push({
      field: 'tiktok.privacyLevel',
      code: 'not_offered',
      message: `This TikTok account does not offer "${PRIVACY[chosen.privacyLevel]}". Choose one of: ${privacyLevels.join(', ')}.`,
      limit: privacyLevels.join(', '),
      measured: chosen.privacyLevel
    })
  for (const [name, why] of Object.entries(closed(account)))
    if (chosen[name as keyof TiktokOptions])
      faults.push({
        field: `tiktok.${name}`,
        code: 'not_offered',
        message: `${why} Leave ${name} off, or change them in TikTok and link the account again.`
      })
  return faults
}

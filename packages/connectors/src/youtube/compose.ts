import type { Account, Adjustment, Composed, Fault, Wish } from '../connector.ts'
import { toFaults } from '../faults.ts'
import { countBytes, cutAtWord } from '../text.ts'
import { DEFAULTS, options, type YoutubeOptions } from './options.ts'

/** docs/videos#snippet.title: "maximum length of 100 characters and may contain all valid UTF-8 characters except < and >". */
export const TITLE_MAX = 100
/** What playlists, captions and comments need. docs/captions/insert and docs/commentThreads/insert take no other. */
export const FULL_SCOPE = 'https://www.googleapis.com/auth/youtube.force-ssl'
/** docs/videos#snippet.description: "maximum length of 5000 bytes and may contain all valid UTF-8 characters except < and >". */
const DESCRIPTION_BYTES = 5000

/**
 * A title longer than YouTube's is cut at a word, and the whole of it opens the description, so that no text is lost.
 * `<` and `>` become `‹` and `›`: one title serves many platforms, the reader still reads the same, and the adjustment says so. In tags,
 * which are for YouTube alone, they are a fault.
 */
export function compose(wish: Wish, account: Account): Composed<YoutubeOptions> {
  const adjustments: Adjustment[] = []
  const faults: Fault[] = []
  const whole = withoutAngles('title', wish.title.trim(), adjustments)
  const given = withoutAngles('description', wish.description?.trim() ?? '', adjustments)
  const title = cutAtWord(whole, TITLE_MAX)
  const description = title === whole || given.includes(whole) ? given : given === '' ? whole : `${whole}\n\n${given}`
  if (title !== whole) adjustments.push({ field: 'title', rule: 'cut_at_word', limit: TITLE_MAX, applied: title })
  if (description !== given) {
    adjustments.push({
      field: 'description',
      rule: 'whole_title_first',
      limit: DESCRIPTION_BYTES,
      applied: description
    })
  }
  faults.push(...checkLength(countBytes(description), countBytes(given), title.length < whole.length))
  const { options } = chooseOptions(wish.options, adjustments, faults)
  const missing = checkScopes(options, account)
  faults.push(...missing)
  return { title, description, options: missing.length > 0 ? null : options, adjustments, faults }
}

function withoutAngles(field: string, text: string, adjustments: Adjustment[]): string {
  const applied = text.replaceAll('<', '‹').replaceAll('>', '›')
  if (applied !== text) adjustments.push({ field, rule: 'no_angle_brackets', applied })
  return applied
}

function checkLength(measured: number, given: number, isCut: boolean): Fault[] {
  if (measured <= DESCRIPTION_BYTES) return []
  const isTitle = isCut && given <= DESCRIPTION_BYTES
  return [
    {
      field: isTitle ? 'title' : 'description',
      code: 'too_long',
      limit: isTitle ? TITLE_MAX : DESCRIPTION_BYTES,
      measured,
      message: isTitle
        ? `YouTube takes ${TITLE_MAX} characters as a title, and the rest has no room in the ${DESCRIPTION_BYTES} bytes of its description. Send a shorter title for this account in accountOptions.`
        : `YouTube takes ${DESCRIPTION_BYTES} bytes (UTF-8) of description. Send a shorter one for this account in accountOptions.`
    }
  ]
}

function chooseOptions(given: unknown, adjustments: Adjustment[], faults: Fault[]): { options: YoutubeOptions | null } {
  if (given === undefined) {
    const { privacyStatus, madeForKids, categoryId } = DEFAULTS
    for (const [name, applied] of Object.entries({ privacyStatus, madeForKids, categoryId }))
      adjustments.push({ field: `youtube.${name}`, rule: 'default', applied })
    return { options: DEFAULTS }
  }
  const parsed = options.safeParse(withTextId(given), { reportInput: true })
  if (parsed.success) return { options: parsed.data }
  faults.push(...toFaults('youtube', parsed.error, Object.keys(options.shape)))
  return { options: null }
}

/** What was not allowed when the channel was linked is said now, not after the upload. */
function checkScopes(options: YoutubeOptions | null, { scopes }: Account): Fault[] {
  if (options === null || scopes.includes(FULL_SCOPE)) return []
  const wanted = { captions: options.captions, firstComment: options.firstComment, playlistId: options.playlistId }
  const mayList = scopes.includes('https://www.googleapis.com/auth/youtube')
  return Object.entries(wanted)
    .filter(([name, value]) => value !== undefined && !(name === 'playlistId' && mayList))
    .map(([name]) => ({
      field: `youtube.${name}`,
      code: 'scope_missing',
      message:
        'This channel was linked without the permission for playlists, captions and comments. Link it again and leave every box ticked.'
    }))
}

/** Category ids are numbers in a string; a number as such is as clear. */
function withTextId(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || !('categoryId' in given)) return given
  return typeof given.categoryId === 'number' ? { ...given, categoryId: String(given.categoryId) } : given
}

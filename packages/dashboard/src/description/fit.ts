import type { Account, Platform } from '../data/accounts.ts'
import type { Check, CheckedAccount, Fault } from './check.ts'
import { countText, type TextRule } from './count.ts'
import type { Draft } from './draft.ts'
import type { VideoFacts } from './measures.ts'
import { checkMedia } from './rules.ts'

/** Whether this very file and text suit one account. */
export interface Fit {
  /** `waits`: for the file or the title. `asking`: nothing speaks against it yet, and the server was not heard. */
  readonly is: 'fits' | 'refused' | 'waits' | 'asking'
  readonly faults: readonly Fault[]
  /** The server's latest word, which may be about what was written a moment ago. */
  readonly answer: CheckedAccount | undefined
  readonly title: { readonly used: number; readonly rule: TextRule } | undefined
}

/** One account among the targets, and how this upload suits it. */
export interface Target {
  readonly account: Pick<Account, 'accountId' | 'platform' | 'displayName' | 'handle' | 'sandbox'>
  readonly fit: Fit
}

interface Given {
  readonly draft: Draft
  readonly video: VideoFacts | undefined
  readonly platform: Platform | undefined
  readonly check: { readonly answer: Check | undefined; readonly isCurrent: boolean; readonly isAboutFile: boolean }
}

export function fitOf(account: Target['account'], { draft, video, platform, check }: Given): Fit {
  const answer = check.answer?.accounts.find(each => each.accountId === account.accountId)
  const text = String(draft.own[account.accountId]?.title ?? draft.title)
  const title = platform && { used: countText(text, platform.title.unit), rule: platform.title }
  const isWhole = text.trim() !== '' && video?.measures !== undefined && video.fault === undefined
  // While the server is asked, what it said of the rest still stands; a file that it has not seen is judged here. Whether a
  // title that is too long is refused or cut is the platform's own way, which only the server knows.
  const told = answer?.faults ?? []
  const isOver = title !== undefined && title.used > title.rule.max
  const knowsFile = check.isAboutFile && answer !== undefined
  const faults =
    check.isCurrent && answer
      ? told
      : [
          ...(platform && video && !knowsFile ? checkMedia(platform.media, video) : []),
          ...told.filter(fault => (fault.path === 'file' ? knowsFile : !isTooLong(fault) || isOver))
        ]
  return { is: stateOf(), faults, answer, title }

  function stateOf(): Fit['is'] {
    if (faults.length > 0) return 'refused'
    if (!isWhole) return 'waits'
    return answer?.fits ? 'fits' : 'asking'
  }
}

export const isTooLong = ({ path, code }: Fault) => path.endsWith('title') && code === 'too_long'

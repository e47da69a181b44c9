import { onlineManager } from '@tanstack/react-query'
import type { Check } from '../../description/check.ts'
import type { Draft } from '../../description/draft.ts'
import type { Target } from '../../description/fit.ts'
import { ACCOUNTS_ID, focusPlace, rowId, TITLE_ID, VIDEO_ID, WHEN_ID } from '../../description/places.ts'
import { faultWords } from '../../description/rules.ts'
import { plural } from '../../ui/format.ts'
import type { Video } from './video.ts'

interface Given {
  readonly draft: Draft
  readonly video: Video | undefined
  readonly targets: readonly Target[]
  readonly check: { readonly answer: Check | undefined; readonly isCurrent: boolean }
}

export interface Missing {
  readonly words: string
  /** Leads to its place. */
  readonly go: () => void
}

/** The first thing that keeps the upload from being sent, in the order of the page. */
export function missingOf(
  { draft, video, targets, check }: Given,
  open: (accountId: string) => void
): Missing | undefined {
  if (!video) return { words: 'Choose a video first.', go: () => focusPlace(VIDEO_ID) }
  if (video.fault) return { words: 'Choose another video.', go: () => focusPlace(VIDEO_ID) }
  if (draft.title.trim() === '') return { words: 'Write a title.', go: () => focusPlace(TITLE_ID) }
  if (targets.length === 0) return { words: 'Choose an account.', go: () => focusPlace(ACCOUNTS_ID) }
  const refused = targets.filter(({ fit }) => fit.is === 'refused')
  const [first] = refused
  if (first) {
    const words =
      refused.length === 1
        ? `One account, ${first.account.displayName}, needs a change or must be left out.`
        : `${plural(refused.length, 'account')} need a change or must be left out.`
    const { accountId } = first.account
    return {
      words,
      go() {
        open(accountId)
        focusPlace(rowId(accountId))
      }
    }
  }
  if (!onlineManager.isOnline()) return { words: 'This device is offline.', go: () => {} }
  if (draft.at === '') return { words: 'Choose a date and a time.', go: () => focusPlace(WHEN_ID) }
  const [fault] = check.isCurrent ? (check.answer?.faults ?? []) : []
  if (!fault) return undefined
  return { words: faultWords(fault), go: () => focusPlace(fault.path === 'scheduledOn' ? WHEN_ID : ACCOUNTS_ID) }
}

/** The server has not said yes to just this yet. */
export const isAsking = ({ video, check }: Pick<Given, 'video' | 'check'>): boolean =>
  video?.measures === undefined || !check.isCurrent || check.answer?.ok !== true

import { onlineManager, useQuery } from '@tanstack/react-query'
import { ArrowUp } from 'lucide-react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import type { Check } from '../../description/check.ts'
import type { Draft } from '../../description/draft.ts'
import type { Target } from '../../description/fit.ts'
import { Button } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { formatDateTime, zoneName } from '../../ui/time.tsx'
import { instantOf } from '../../ui/zone.ts'
import { quotaQuery } from './api.ts'
import { Consents } from './consents.tsx'
import { isAsking, missingOf } from './missing.ts'
import type { Video } from './video.ts'

interface Props {
  readonly draft: Draft
  readonly video: Video | undefined
  readonly targets: readonly Target[]
  readonly check: {
    readonly answer: Check | undefined
    readonly isCurrent: boolean
    readonly error: unknown
    readonly ask: () => unknown
  }
  readonly zone: string
  /** Above it. */
  readonly hasPreview: boolean
  readonly onOpen: (accountId: string) => void
  readonly onSend: () => void
}

/** What will happen, what is still missing, and the button. It is only ready when the server has said yes to just this. */
export function SendPart({ draft, video, targets, check, zone, hasPreview, onOpen, onSend }: Props) {
  const quota = useQuery(quotaQuery)
  // What is missing depends on it.
  useSyncExternalStore(onlineManager.subscribe, () => onlineManager.isOnline())
  const missing = missingOf({ draft, video, targets, check }, onOpen)
  const isBusy = missing === undefined && isAsking({ video, check })
  const count = targets.length
  const at = draft.at ? instantOf(draft.at, zone) : undefined
  // Beside its field, where it has one.
  const isElsewhere =
    check.error !== undefined && !['title', 'description', 'scheduledOn'].some(name => name in fieldWords(check.error))
  function press() {
    if (missing) missing.go()
    else if (!isBusy) onSend()
  }
  const latest = useRef(press)
  latest.current = press
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) latest.current()
    }
    addEventListener('keydown', listen)
    return () => removeEventListener('keydown', listen)
  }, [])
  return (
    <section
      aria-label="Send"
      className={`flex flex-col gap-3 ${hasPreview ? 'lg:border-t lg:border-line lg:pt-4' : ''}`}
    >
      {quota.data && count > 0 && (
        <p className="text-sm text-soft">
          {quota.data.remaining === null
            ? `${plural(count, 'post')}. This workspace has no monthly limit.`
            : `Uses ${count} of the ${quota.data.remaining.toLocaleString('en')} posts left this month.`}
        </p>
      )}
      <Consents targets={targets} />
      {isElsewhere && <Problem error={check.error} onRetry={() => check.ask()} />}
      <Button
        look="main"
        icon={<ArrowUp size={16} />}
        aria-disabled={missing !== undefined || isBusy}
        aria-describedby="compose-missing"
        aria-keyshortcuts="Control+Enter"
        title="Ctrl + Enter"
        onClick={press}
        className="w-full"
      >
        {at && !Number.isNaN(at.getTime())
          ? `Schedule for ${plural(count, 'account')}`
          : count === 0
            ? 'Send'
            : `Send to ${plural(count, 'account')}`}
      </Button>
      <p id="compose-missing" aria-live="polite" className="min-h-5 text-sm text-soft">
        {missing ? (
          <button
            type="button"
            onClick={missing.go}
            className="rounded-sm text-left underline decoration-edge underline-offset-2 hover:text-ink"
          >
            {missing.words}
          </button>
        ) : isBusy ? (
          'Checking…'
        ) : at ? (
          `The video is sent now, and goes out ${formatDateTime(at, zone)} ${zoneName(at, zone)}.`
        ) : (
          'Everything fits.'
        )}
      </p>
    </section>
  )
}

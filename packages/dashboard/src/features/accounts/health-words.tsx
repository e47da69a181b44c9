import type { Account } from '../../data/accounts.ts'
import { StateMark } from '../../ui/state.tsx'
import { formatDateTime, formatDay, zoneName } from '../../ui/time.tsx'
import type { Health } from './api.ts'

/** Milliseconds before a grant ends for good within which the page says so. */
const SOON = 14 * 86_400_000

interface Props {
  readonly account: Account
  /** Not read yet: the account's own word has to do. */
  readonly health: Health | undefined
  readonly zone: string
}

/** How an account does, in one sentence. */
export function HealthWords({ account, health, zone }: Props) {
  const at = (value: string) => `${formatDateTime(value, zone)} ${zoneName(value, zone)}`
  if (account.status === 'needs_relink') {
    return (
      <Sentence state="Needs you" word="Needs you">
        {health?.reason?.message ?? 'Its sign-in has ended.'} {health && `Since ${at(health.since)}.`}
      </Sentence>
    )
  }
  if (health?.pause) {
    return (
      <Sentence state="Scheduled" word={`Paused until ${at(health.pause.until)}`}>
        {health.pause.message} It goes on by itself.
      </Sentence>
    )
  }
  const end = health?.grant?.renewsAt ? undefined : health?.grant?.endsAt
  if (end && Date.parse(end) - Date.now() < SOON) {
    return (
      <Sentence state="Needs you" word="Ends soon">
        Its sign-in ends on {formatDay(end, zone)}. Link it again before.
      </Sentence>
    )
  }
  return (
    <Sentence state="Uploaded" word="Active">
      Linked {formatDay(account.linkedAt, zone)}.{' '}
      {end ? `Lasts until ${formatDay(end, zone)}.` : health?.grant && 'Renews itself.'}
    </Sentence>
  )
}

interface SentenceProps {
  readonly state: 'Needs you' | 'Scheduled' | 'Uploaded'
  readonly word: string
  readonly children: React.ReactNode
}

const Sentence = ({ state, word, children }: SentenceProps) => (
  <div className="flex flex-wrap gap-x-2 lg:flex-col">
    <StateMark state={state}>{word}</StateMark>
    <p dir="auto" className="text-sm text-soft">
      {children}
    </p>
  </div>
)

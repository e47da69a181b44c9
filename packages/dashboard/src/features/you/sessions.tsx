import { useQuery } from '@tanstack/react-query'
import { useZone } from '../../data/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'
import { Problem, wordsOf } from '../../ui/problem.tsx'
import { SkeletonPairs } from '../../ui/skeleton.tsx'
import { formatDay, Time } from '../../ui/time.tsx'
import { type Session, sessionsQuery, useEndOthers, useEndSession } from './api.ts'
import { nameDevice } from './device.ts'

/** Where the person is signed in, and how to end it. */
export function Sessions() {
  const { data, error, refetch } = useQuery(sessionsQuery)
  const end = useEndOthers()
  return (
    <Section
      title="Sessions"
      aside={
        data &&
        data.length > 1 && (
          <Button size="small" isBusy={end.isPending} onClick={() => end.mutate()}>
            {end.isPending ? 'Signing out everywhere else' : 'Sign out everywhere else'}
          </Button>
        )
      }
    >
      {end.error && <Problem error={end.error} />}
      {!data && !error && <SkeletonPairs widths={[18, 21]} label="Loading where you are signed in" />}
      {!data && error && <Problem error={error} onRetry={() => refetch()} />}
      {data && (
        <ul aria-label="Where you are signed in" className="border-t border-line">
          {data.map(session => (
            <Line key={session.id} session={session} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Line({ session }: { readonly session: Session }) {
  const zone = useZone()
  const end = useEndSession()
  const device = nameDevice(session.userAgent)
  return (
    <li className="flex items-start gap-3 border-b border-line py-2.5">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{device}</p>
        <p className="flex flex-wrap gap-x-4 text-sm text-soft">
          <span>
            Since <Time value={session.createdAt} zone={zone} />
          </span>
          {!session.isCurrent && <span>last used {formatDay(session.lastUsedAt, zone)}</span>}
          {session.address && <span>from {session.address}</span>}
        </p>
        {end.error && (
          <p role="alert" className="text-sm text-failed">
            {wordsOf(end.error)}
          </p>
        )}
      </div>
      {session.isCurrent ? (
        <span className="text-sm text-soft">this one</span>
      ) : (
        <Button
          size="small"
          aria-label={`Sign out ${device}`}
          isBusy={end.isPending}
          onClick={() => end.mutate(session.id)}
        >
          Sign out
        </Button>
      )}
    </li>
  )
}

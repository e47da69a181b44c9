import { useId } from 'react'
import type { Check } from '../../description/check.ts'
import { Choice } from '../../description/choice.tsx'
import type { Draft, SetDraft } from '../../description/draft.ts'
import { WHEN_ID } from '../../description/places.ts'
import { faultWords } from '../../description/rules.ts'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { fieldWords } from '../../ui/problem.tsx'
import { Ago, formatDateTime, zoneName } from '../../ui/time.tsx'
import { instantOf, localOf } from '../../ui/zone.ts'

const HOUR = 3_600_000

interface Props {
  readonly draft: Draft
  readonly set: SetDraft
  readonly zone: string
  readonly check: { readonly answer: Check | undefined; readonly error: unknown }
}

/** Now, or at a time on the workspace's clocks. */
export function WhenPart({ draft: { at }, set, zone, check }: Props) {
  const noteId = useId()
  const fault = check.answer?.faults.find(({ path }) => path === 'scheduledOn')
  const error = fieldWords(check.error).scheduledOn ?? (fault && faultWords(fault))
  const instant = at ? instantOf(at, zone) : undefined
  const isTwice = at && instant && localOf(new Date(instant.getTime() + HOUR), zone) === at.slice(0, 16)
  return (
    <Section title="When">
      <div id={WHEN_ID} className="flex flex-wrap items-start gap-x-5 gap-y-3">
        <Choice
          label="When it goes out"
          value={at === null ? 'now' : 'later'}
          choices={{ now: 'Now', later: 'At a time' }}
          onChange={value => set({ at: value === 'now' ? null : nextHour(zone) })}
        />
        {at !== null && (
          <div className="min-w-56 flex-1">
            <TextField
              type="datetime-local"
              label={`Date and time in ${zone}`}
              isLabelHidden
              value={at}
              min={localOf(new Date(), zone)}
              error={error}
              aria-details={noteId}
              className="max-w-60"
              onChange={event => set({ at: event.target.value })}
            />
            {!error && (
              <p id={noteId} className="mt-1 text-sm text-soft">
                {instant && !Number.isNaN(instant.getTime()) ? (
                  <>
                    {formatDateTime(instant, zone)} {zoneName(instant, zone)} ({zone}),{' '}
                    <Ago value={instant.toISOString()} />
                    {isTwice && '. The clocks are put back then: of the two times the first is meant'}
                  </>
                ) : (
                  `On the clocks of ${zone}.`
                )}
              </p>
            )}
          </div>
        )}
      </div>
    </Section>
  )
}

const nextHour = (zone: string) => localOf(new Date(Math.ceil((Date.now() + HOUR / 2) / HOUR) * HOUR), zone)

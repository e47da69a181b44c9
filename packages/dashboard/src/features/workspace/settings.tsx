import { type FormEvent, useState } from 'react'
import { useMay, useSignedIn } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { zoneName } from '../../ui/time.tsx'
import { ZoneField } from '../../ui/zone-field.tsx'
import { useChangeWorkspace } from './api.ts'

/** The name, and the zone in which every page shows times. */
export function Settings() {
  const mayChange = useMay('admin')
  return <Section title="Settings">{mayChange ? <Form /> : <Facts />}</Section>
}

function Form() {
  const { tenant } = useSignedIn()
  const change = useChangeWorkspace()
  const [draft, setDraft] = useState<{ name?: string; timezone?: string }>({})
  const { name, timezone } = { ...tenant, ...draft }
  const isChanged = name.trim() !== tenant.name || timezone !== tenant.timezone
  const words = fieldWords(change.error)
  function save(event: FormEvent) {
    event.preventDefault()
    change.mutate({ name: name.trim(), timezone }, { onSuccess: () => setDraft({}) })
  }
  return (
    <form onSubmit={save} className="flex flex-col gap-4">
      <div className="grid items-start gap-4 sm:grid-cols-2">
        <TextField
          label="Name"
          required
          maxLength={80}
          dir="auto"
          value={name}
          error={words.name}
          onChange={event => setDraft({ ...draft, name: event.target.value })}
        />
        <ZoneField
          label="Time zone"
          hint="Times are shown in it; uploads do not move."
          value={timezone}
          error={words.timezone}
          onChange={chosen => setDraft({ ...draft, timezone: chosen })}
        />
      </div>
      {change.error && Object.keys(words).length === 0 && <Problem error={change.error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button look="main" type="submit" disabled={!isChanged || name.trim() === ''} isBusy={change.isPending}>
          {change.isPending ? 'Saving the settings' : 'Save the settings'}
        </Button>
        {isChanged && !change.isPending && (
          <Button look="quiet" onClick={() => setDraft({})}>
            Discard
          </Button>
        )}
        <span role="status" className="text-soft">
          {change.isSuccess && !isChanged && 'Saved.'}
        </span>
      </div>
    </form>
  )
}

function Facts() {
  const { tenant } = useSignedIn()
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1">
      <dt className="text-soft">Name</dt>
      <dd dir="auto">{tenant.name}</dd>
      <dt className="text-soft">Time zone</dt>
      <dd>
        {tenant.timezone.replaceAll('_', ' ')}{' '}
        <span className="text-soft">{zoneName(new Date(), tenant.timezone)}</span>
      </dd>
    </dl>
  )
}

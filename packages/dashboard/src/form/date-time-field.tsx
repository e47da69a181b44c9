import { useState } from 'react'
import { useZone } from '../data/workspace.ts'
import { TextField } from '../ui/field.tsx'
import { zoneName } from '../ui/time.tsx'
import { instantOf, localOf } from '../ui/zone.ts'

interface Props {
  readonly label: React.ReactNode
  readonly hint?: React.ReactNode
  readonly error?: string | undefined
  readonly disabled?: boolean | undefined
  /** RFC 3339 in UTC. */
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

/** A moment, typed and shown in the workspace's zone. */
export function DateTimeField({ value, onChange, ...around }: Props) {
  const zone = useZone()
  // Half a date is no date: what is typed is kept beside what is said.
  const [typed, setTyped] = useState(() => (value ? localOf(new Date(value), zone) : ''))
  return (
    <TextField
      {...around}
      aside={`${zone}${value ? `, ${zoneName(value, zone)}` : ''}`}
      type="datetime-local"
      value={typed}
      onChange={({ target: { value: local } }) => {
        setTyped(local)
        onChange(local === '' ? undefined : instantOf(local, zone).toISOString())
      }}
    />
  )
}

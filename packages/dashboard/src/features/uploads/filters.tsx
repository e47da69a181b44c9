import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { SlidersHorizontal, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { accountsQuery, platformsQuery } from '../../data/accounts.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { hasFilters, type Search, STATUSES } from './api.ts'

/** Milliseconds after the last letter. */
const PAUSE = 250

/** Search and filters; all of them stand in the address, so that a view can be kept and sent. */
export function Filters({ search }: { readonly search: Search }) {
  const navigate = useNavigate()
  const { data: accounts } = useQuery(accountsQuery)
  const { data: platforms } = useQuery(platformsQuery)
  const hasMore = Boolean(search.account || search.platform || search.from || search.to)
  const [isOpen, setOpen] = useState(hasMore)
  // To what the address holds by then: words are asked for a moment after they were typed.
  const set = (change: Search) =>
    navigate({ to: '/uploads', search: (now: Search) => ({ ...now, ...change }) as never, replace: true })
  return (
    <search className="flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <div className="min-w-44 flex-1 md:max-w-80">
          <Words value={search.q ?? ''} onChange={q => set({ q })} />
        </div>
        <SelectField
          label="Status"
          isLabelHidden
          value={search.needs ? 'needs' : (search.status ?? '')}
          onChange={({ target: { value } }) =>
            value === 'needs' ? set({ status: '', needs: '1' }) : set({ status: value, needs: '' })
          }
        >
          <option value="">Every status</option>
          <option value="needs">Needs a hand</option>
          {STATUSES.map(status => (
            <option key={status}>{status}</option>
          ))}
        </SelectField>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)} icon={<SlidersHorizontal size={14} />}>
          Filters
        </Button>
        {hasFilters(search) && (
          <Button look="quiet" onClick={() => navigate({ to: '/uploads', replace: true })} icon={<X size={14} />}>
            Clear
          </Button>
        )}
      </div>
      {isOpen && (
        <div className="grid gap-3 sm:grid-cols-2 lg:grid-cols-4">
          <SelectField
            label="Account"
            value={search.account ?? ''}
            onChange={event => set({ account: event.target.value })}
          >
            <option value="">Every account</option>
            {accounts?.map(({ accountId, displayName, platform, sandbox }) => (
              <option key={accountId} value={accountId}>
                {displayName} ({platforms?.find(({ id }) => id === platform)?.name ?? platform}
                {sandbox ? ', sandbox' : ''})
              </option>
            ))}
          </SelectField>
          <SelectField
            label="Platform"
            value={search.platform ?? ''}
            onChange={event => set({ platform: event.target.value })}
          >
            <option value="">Every platform</option>
            {platforms?.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </SelectField>
          <TextField
            label="Sent from"
            type="date"
            value={search.from ?? ''}
            onChange={event => set({ from: event.target.value })}
          />
          <TextField
            label="Sent until"
            type="date"
            value={search.to ?? ''}
            onChange={event => set({ to: event.target.value })}
          />
        </div>
      )}
    </search>
  )
}

/** Asks when the person has stopped typing. */
function Words({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [text, setText] = useState(value)
  const asked = useRef(value)
  useEffect(() => {
    // What was asked for by this field comes back as its value; more may have been typed since.
    if (value !== asked.current) setText(value)
    asked.current = value
  }, [value])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing starts the pause anew.
  useEffect(() => {
    if (text === value) return
    const timer = setTimeout(() => {
      asked.current = text
      onChange(text)
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <TextField
      label="Search the titles"
      isLabelHidden
      type="search"
      placeholder="Search the titles"
      aria-keyshortcuts="/"
      value={text}
      onChange={event => setText(event.target.value)}
    />
  )
}

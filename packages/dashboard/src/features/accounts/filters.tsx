import { X } from 'lucide-react'
import type { Platform } from '../../data/accounts.ts'
import { Button } from '../../ui/button.tsx'
import { SelectField, TextField } from '../../ui/field.tsx'
import { hasFilters, type Search } from './api.ts'

interface Props {
  readonly search: Search
  readonly platforms: readonly Platform[]
  readonly onChange: (change: Partial<Search>) => void
}

/** For whoever has more accounts than fit a look. */
export function Filters({ search, platforms, onChange }: Props) {
  return (
    <search className="flex flex-wrap items-end gap-2">
      <div className="min-w-44 flex-1 md:max-w-80">
        <TextField
          label="Search the accounts"
          isLabelHidden
          type="search"
          placeholder="Search the accounts"
          aria-keyshortcuts="/"
          value={search.q ?? ''}
          onChange={event => onChange({ q: event.target.value })}
        />
      </div>
      {platforms.length > 1 && (
        <SelectField
          label="Platform"
          isLabelHidden
          value={search.platform ?? ''}
          onChange={event => onChange({ platform: event.target.value })}
        >
          <option value="">Every platform</option>
          {platforms.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </SelectField>
      )}
      <SelectField
        label="Which"
        isLabelHidden
        value={search.show ?? ''}
        onChange={event => onChange({ show: event.target.value })}
      >
        <option value="">Real and sandbox</option>
        <option value="needs">Needs you</option>
        <option value="real">Real</option>
        <option value="sandbox">Sandbox</option>
      </SelectField>
      {hasFilters(search) && (
        <Button look="quiet" onClick={() => onChange({ q: '', platform: '', show: '' })} icon={<X size={14} />}>
          Clear
        </Button>
      )}
    </search>
  )
}

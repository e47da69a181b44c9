import { useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { accountsQuery } from '../../data/accounts.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { CheckField, SelectField, TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { type NewKey, SCOPES, type Scope, useGenerate } from './api.ts'

const DAY = 86_400_000
const LIVES = [
  ['', 'Never'],
  ['7', 'In 7 days'],
  ['30', 'In 30 days'],
  ['90', 'In 90 days'],
  ['365', 'In a year']
] as const

interface Props {
  readonly onClose: () => void
  readonly onMade: (key: NewKey) => void
}

export function CreateDialog({ onClose, onMade }: Props) {
  const generate = useGenerate()
  const { data: accounts } = useQuery(accountsQuery)
  const [name, setName] = useState('')
  const [scopes, setScopes] = useState<readonly Scope[]>(SCOPES.map(({ scope }) => scope))
  const [days, setDays] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>([])
  const usable = accounts?.filter(({ status }) => status !== 'revoked') ?? []
  const words = fieldWords(generate.error)
  const toggle = <T,>(list: readonly T[], one: T) =>
    list.includes(one) ? list.filter(each => each !== one) : [...list, one]

  function create(event: FormEvent) {
    event.preventDefault()
    generate.mutate(
      {
        scopes: [...scopes],
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(days ? { expiresAt: new Date(Date.now() + Number(days) * DAY).toISOString() } : {}),
        ...(chosen.length > 0 ? { accounts: [...chosen] } : {})
      },
      { onSuccess: onMade }
    )
  }

  return (
    <Dialog title="Create an API key" onClose={onClose}>
      <form onSubmit={create} className="flex flex-col gap-4">
        <TextField
          label="Name"
          maxLength={80}
          placeholder="Nightly publisher"
          hint="Where it is used, so that you know it again."
          error={words.name}
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <fieldset className="flex flex-col gap-2">
          <legend className="mb-1 text-sm font-medium">What it may do</legend>
          {SCOPES.map(({ scope, label, hint }) => (
            <CheckField
              key={scope}
              label={label}
              hint={<span className="font-mono text-xs">{hint}</span>}
              checked={scopes.includes(scope)}
              onChange={() => setScopes(toggle(scopes, scope))}
            />
          ))}
        </fieldset>
        <SelectField
          label="Expires"
          error={words.expiresAt}
          value={days}
          onChange={event => setDays(event.target.value)}
        >
          {LIVES.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </SelectField>
        {usable.length > 0 && (
          <fieldset className="flex flex-col gap-2">
            <legend className="mb-1 text-sm font-medium">
              Accounts it may use{' '}
              <span className="font-normal text-soft">
                {chosen.length === 0 ? 'all, also those linked later' : `${chosen.length} of ${usable.length}`}
              </span>
            </legend>
            <div className="flex max-h-44 flex-col gap-2 overflow-y-auto">
              {usable.map(account => (
                <CheckField
                  key={account.accountId}
                  label={<AccountName account={account} />}
                  checked={chosen.includes(account.accountId)}
                  onChange={() => setChosen(toggle(chosen, account.accountId))}
                />
              ))}
            </div>
          </fieldset>
        )}
        {generate.error && Object.keys(words).length === 0 && <Problem error={generate.error} />}
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button look="main" type="submit" isBusy={generate.isPending} disabled={scopes.length === 0}>
            Create the key
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

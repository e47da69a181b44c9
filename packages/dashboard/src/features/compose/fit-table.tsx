import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { Account } from '../../data/accounts.ts'
import type { Opened } from '../../description/account-row.tsx'
import type { Draft, SetDraft } from '../../description/draft.ts'
import type { Target } from '../../description/fit.ts'
import { ACCOUNTS_ID } from '../../description/places.ts'
import { buttonClass } from '../../ui/button.tsx'
import { CheckField, TextField } from '../../ui/field.tsx'
import { plural } from '../../ui/format.ts'
import { Empty } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { FitRow } from './fit-row.tsx'

/** From so many accounts on they are searched. */
const MANY = 8

interface Props {
  readonly accounts: UseQueryResult<Account[]>
  readonly draft: Draft
  readonly set: SetDraft
  readonly targets: readonly Target[]
  readonly open: Opened
}

/** Every account of the workspace; of the chosen ones, whether this very file and text suit them. */
export function FitTable({ accounts, draft, set, targets, open }: Props) {
  const [search, setSearch] = useState('')
  const linked = (accounts.data ?? []).filter(({ status }) => status !== 'revoked')
  if (accounts.isError) return <Problem error={accounts.error} onRetry={accounts.refetch} />
  if (accounts.isPending)
    return (
      <Section title="Accounts">
        <SkeletonLines widths={[38, 30, 44]} label="Loading the accounts" />
      </Section>
    )
  if (linked.length === 0) return <NoAccounts />
  const shown = linked.filter(account => matches(account, search))
  const chosen = targets.map(({ account }) => account.accountId)
  const able = shown.filter(({ status }) => status === 'active').map(({ accountId }) => accountId)
  const isAll = able.length > 0 && able.every(id => chosen.includes(id))
  const choose = (ids: readonly string[], isOn: boolean) =>
    set({ accounts: isOn ? [...new Set([...chosen, ...ids])] : chosen.filter(id => !ids.includes(id)) })
  return (
    <Section
      title="Accounts"
      aside={`${targets.length} of ${plural(linked.filter(({ status }) => status === 'active').length, 'account')} chosen`}
    >
      <div id={ACCOUNTS_ID} className="flex min-h-8 flex-wrap items-center justify-between gap-x-6 gap-y-2 pl-3">
        <CheckField
          label={search ? `All ${shown.length} that match` : 'All'}
          checked={isAll}
          disabled={able.length === 0}
          onChange={event => choose(able, event.target.checked)}
        />
        {linked.length >= MANY && (
          <div className="w-full sm:w-64">
            <TextField
              type="search"
              label="Find an account"
              isLabelHidden
              placeholder="Find by name or platform"
              value={search}
              onChange={event => setSearch(event.target.value)}
            />
          </div>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="border-t border-line py-4 text-soft">No account matches “{search}”.</p>
      ) : (
        <ul className="flex flex-col divide-y divide-line border-y border-line">
          {shown.map(account => (
            <FitRow
              key={account.accountId}
              account={account}
              target={targets.find(each => each.account.accountId === account.accountId)}
              siblings={targets.filter(each => each.account.platform === account.platform).length}
              draft={draft}
              set={set}
              onChoose={isOn => choose([account.accountId], isOn)}
              open={open}
            />
          ))}
        </ul>
      )}
    </Section>
  )
}

function matches({ displayName, handle, platform }: Account, search: string): boolean {
  const text = `${displayName} ${handle} ${platform}`.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every(word => text.includes(word))
}

const NoAccounts = () => (
  <Section title="Accounts">
    <Empty
      title="No account is linked yet"
      actions={
        <Link to="/accounts" className={buttonClass('main')}>
          Link an account
        </Link>
      }
    >
      A sandbox account takes a minute and needs nobody's approval. What you have written here stays.
    </Empty>
  </Section>
)

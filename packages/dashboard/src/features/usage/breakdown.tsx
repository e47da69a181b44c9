import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { KeyRound, UserRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { platformOf, platformsQuery } from '../../data/accounts.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { PlatformMark } from '../../ui/platform-mark.tsx'
import { figure, isThisMonth, monthWords, type UsageOf } from './api.ts'
import { Ranks } from './ranks.tsx'

/** The same posts told by account, by platform and by sender; and the months before. */
export function Breakdown({ usage }: { readonly usage: UsageOf }) {
  const { data: platforms } = useQuery(platformsQuery)
  const { accounts, senders } = usage
  const byAccount = accounts.map(account => ({
    key: account.accountId,
    name: <AccountName account={account} />,
    used: account.used,
    reserved: account.reserved
  }))
  const byPlatform = usage.platforms.map(({ platform: id, ...units }) => {
    const platform = platformOf(platforms, id)
    return {
      key: id,
      name: <Named icon={<PlatformMark platform={platform} />} name={platform?.name ?? id} />,
      ...units
    }
  })
  const bySender = senders.map(({ by, name, ...units }) => ({
    key: by ?? 'none',
    name: senderName(by, name),
    ...units
  }))
  const isAny = byAccount.length > 0
  return (
    <div className="grid items-start gap-x-12 gap-y-9 lg:grid-cols-2">
      {isAny && <Ranks title="By account" of="Account" ranks={byAccount} />}
      {isAny && (
        <div className="flex min-w-0 flex-col gap-9">
          <Ranks title="By platform" of="Platform" ranks={byPlatform} />
          <Ranks title="By sender" of="Person or key" ranks={bySender} />
        </div>
      )}
      <Months usage={usage} />
    </div>
  )
}

function senderName(by: string | null, name: string | null) {
  if (by === null) return <span className="text-soft">Not known</span>
  const isKey = by.startsWith('key_')
  return (
    <Named
      icon={isKey ? <KeyRound size={16} aria-label="Key" /> : <UserRound size={16} aria-label="Person" />}
      name={name ?? (isKey ? 'Unnamed key' : 'Somebody who left')}
    />
  )
}

const Named = ({ icon, name }: { readonly icon: ReactNode; readonly name: string }) => (
  <span className="flex min-w-0 items-center gap-2">
    <span className="shrink-0 text-soft">{icon}</span>
    <span dir="auto" className="truncate font-medium">
      {name}
    </span>
  </span>
)

function Months({ usage }: { readonly usage: UsageOf }) {
  const months = usage.months.filter(({ month }) => month !== usage.month)
  if (months.length === 0) return null
  const ranks = months.map(({ month, ...units }) => ({
    key: month,
    name: (
      <Link
        to="/usage"
        search={{ month: isThisMonth(month) ? '' : month } as never}
        aria-label={`${monthWords(month)}: ${figure(units.used)} used`}
        className="text-act underline underline-offset-2"
      >
        {monthWords(month)}
      </Link>
    ),
    ...units
  }))
  return <Ranks title="Other months" of="Month" ranks={ranks} />
}

import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { type Account, accountsQuery, platformsQuery } from '../../data/accounts.ts'
import { useZone } from '../../data/workspace.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { plural } from '../../ui/format.ts'
import { Empty } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { AccountLine } from './account-line.tsx'
import { filtered, hasFilters, healthQuery, type Search, sorted } from './api.ts'
import { ChooseDialog } from './choose-dialog.tsx'
import { Filters } from './filters.tsx'
import { LinkWays } from './link-ways.tsx'
import { News } from './news.tsx'
import { UnlinkDialog } from './unlink-dialog.tsx'

/** As many fit a look; beyond that there is a filter. */
const FEW = 8
const LINES = 200

/** Where videos go: every account, how it does, and the ways to link more. */
export function Accounts() {
  const search = useSearch({ strict: false }) as Search
  const navigate = useNavigate()
  const zone = useZone()
  const mayLink = useMay('admin')
  const { data, error, refetch } = useQuery(accountsQuery)
  const { data: platforms } = useQuery(platformsQuery)
  const { data: health, error: healthError, refetch: refetchHealth } = useQuery(healthQuery)
  const [leaving, setLeaving] = useState<Account>()
  const [most, setMost] = useState(LINES)
  const go = (change: Partial<Search>) =>
    navigate({ to: '/accounts', search: { ...search, ...change } as never, replace: true })
  const endNews = { linked: '', linkError: '', of: '', again: '', choose: '' }
  const tell = (accountIds: readonly string[]) =>
    go({ ...endNews, again: search.again ?? '', link: '', linked: accountIds.join(',') })
  const accounts = sorted(data ?? [])
  const shown = filtered(accounts, search)
  const used = platforms?.filter(({ id }) => accounts.some(({ platform }) => platform === id))
  const meant = search.linked?.split(',') ?? []
  const isNone = data !== undefined && accounts.length === 0
  return (
    <Page
      title="Accounts"
      facts={accounts.length > 0 && facts(accounts, mayLink)}
      actions={
        mayLink &&
        accounts.length > 0 && (
          <Button look="main" icon={<Plus size={16} />} onClick={() => go({ link: '1' })}>
            Link an account
          </Button>
        )
      }
    >
      <News search={search} accounts={accounts} platforms={platforms} onClose={() => go(endNews)} />
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {healthError && !error && <Problem error={healthError} onRetry={() => refetchHealth()} />}
      {!data && !error && <SkeletonLines widths={[38, 52, 44, 48]} label="Loading the accounts" />}
      {isNone && (mayLink ? <FirstLink onLinked={tell} /> : <NoneForYou />)}
      {(accounts.length > FEW || hasFilters(search)) && (
        <Filters search={search} platforms={used ?? []} onChange={go} />
      )}
      {shown.length === 0 && accounts.length > 0 && (
        <Empty
          title="No account matches"
          actions={<Button onClick={() => go({ q: '', platform: '', show: '' })}>Clear the filters</Button>}
        />
      )}
      {shown.length > 0 && (
        <ul aria-label="Accounts" className="border-t border-line">
          {shown.slice(0, most).map(account => (
            <AccountLine
              key={account.accountId}
              account={account}
              health={health?.get(account.accountId)}
              zone={zone}
              isMeant={search.relink === account.accountId || meant.includes(account.accountId)}
              onUnlink={setLeaving}
            />
          ))}
        </ul>
      )}
      {shown.length > most && (
        <div>
          <Button onClick={() => setMost(most + LINES)}>Show more accounts</Button>
        </div>
      )}
      {mayLink && search.link && accounts.length > 0 && (
        <Dialog title="Link an account" onClose={() => go({ link: '' })}>
          <LinkWays onLinked={tell} />
        </Dialog>
      )}
      {search.choose && (
        <ChooseDialog linkId={search.choose} again={search.again} onClose={() => go(endNews)} onLinked={tell} />
      )}
      {leaving && (
        <UnlinkDialog account={leaving} health={health?.get(leaving.accountId)} onClose={() => setLeaving(undefined)} />
      )}
    </Page>
  )
}

function facts(accounts: readonly Account[], mayLink: boolean): string {
  const needs = accounts.filter(({ status }) => status === 'needs_relink').length
  return [
    plural(accounts.length, 'account'),
    ...(needs > 0 ? [`${needs} must be linked again`] : []),
    ...(mayLink ? [] : ['an admin of this workspace links and unlinks them'])
  ].join(', ')
}

const FirstLink = ({ onLinked }: { readonly onLinked: (accountIds: readonly string[]) => void }) => (
  <div className="flex max-w-[680px] flex-col gap-4">
    <p className="text-soft">
      Videos are published on the accounts that are linked here. Begin with a sandbox account to see how it works, or
      link your own.
    </p>
    <LinkWays onLinked={onLinked} />
  </div>
)

const NoneForYou = () => (
  <Empty title="No account is linked yet">An admin or the owner of this workspace links the first one.</Empty>
)

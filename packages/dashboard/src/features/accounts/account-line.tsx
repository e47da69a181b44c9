import { Link } from '@tanstack/react-router'
import { Ellipsis, ExternalLink, List, RotateCw, Unlink } from 'lucide-react'
import { memo } from 'react'
import type { Account } from '../../data/accounts.ts'
import { useMay } from '../../session/session.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { Button, IconButton } from '../../ui/button.tsx'
import { Menu, MenuItem, MenuLink } from '../../ui/menu.tsx'
import { wordsOf } from '../../ui/problem.tsx'
import { Ago } from '../../ui/time.tsx'
import { type Health, useLink } from './api.ts'
import { HealthWords } from './health-words.tsx'

interface Props {
  readonly account: Account
  readonly health: Health | undefined
  readonly zone: string
  /** Somebody came for this one, or has just linked it. */
  readonly isMeant: boolean
  readonly onUnlink: (account: Account) => void
}

/** An account, how it does, and what mends it. Lines that are not in sight are not drawn. */
export const AccountLine = memo(function AccountLine({ account, health, zone, isMeant, onUnlink }: Props) {
  const mayLink = useMay('admin')
  const link = useLink()
  const relink = () =>
    link.mutate({
      platform: account.platform,
      sandbox: account.sandbox,
      auth: health?.auth,
      again: account.accountId
    })
  const isDead = account.status === 'needs_relink'
  return (
    <li
      className={`relative border-b border-line [contain-intrinsic-size:auto_61px] [content-visibility:auto] ${isDead ? 'bg-needs-well' : isMeant ? 'bg-well' : ''}`}
    >
      {account.sandbox && <span aria-hidden className="striped absolute inset-y-0 left-0 w-1" />}
      <div className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-5 gap-y-2 py-2.5 pr-2 pl-3 lg:grid-cols-[minmax(0,5fr)_minmax(0,6fr)_minmax(0,3fr)_80px_32px]">
        <AccountName account={account} hasHandle />
        <div className="col-span-2 lg:col-span-1">
          <HealthWords account={account} health={health} zone={zone} />
          {link.error && (
            <p role="alert" className="mt-1 text-sm text-failed">
              {wordsOf(link.error)}
            </p>
          )}
        </div>
        <Traffic account={account} health={health} />
        <div className="col-span-2 self-center empty:hidden lg:col-span-1 lg:col-start-4 lg:row-start-1">
          {isDead && mayLink && (
            <Button
              size="small"
              look="main"
              autoFocus={isMeant}
              isBusy={link.isPending}
              onClick={relink}
              aria-label={`Link again: ${account.displayName}`}
            >
              Link again
            </Button>
          )}
        </div>
        <div className="col-start-2 row-start-1 flex self-center lg:col-start-5">
          <Menu
            trigger={
              <IconButton label={`${account.displayName}: more`} className="-my-1" icon={<Ellipsis size={16} />} />
            }
          >
            <MenuLink>
              <Link to="/uploads" search={{ account: account.accountId } as never}>
                <List size={14} />
                Show its uploads
              </Link>
            </MenuLink>
            {mayLink && (
              <>
                <MenuItem icon={<RotateCw size={14} />} onSelect={relink}>
                  Link again
                </MenuItem>
                <MenuItem isDangerous icon={<Unlink size={14} />} onSelect={() => onUnlink(account)}>
                  Unlink the account
                </MenuItem>
              </>
            )}
          </Menu>
        </div>
      </div>
    </li>
  )
})

/** What waits on it, and the last that went out. */
function Traffic({
  account: { accountId },
  health
}: {
  readonly account: Account
  readonly health: Health | undefined
}) {
  if (!health) return <div className="col-span-2 lg:col-span-1" />
  const { processing, scheduled } = health.deliveries
  return (
    <div className="col-span-2 flex flex-wrap gap-x-4 text-sm text-soft lg:col-span-1 lg:flex-col">
      <span className="flex gap-x-3">
        {processing > 0 && <Waiting accountId={accountId} status="Processing" count={processing} word="going out" />}
        {scheduled > 0 && <Waiting accountId={accountId} status="Scheduled" count={scheduled} word="scheduled" />}
        {processing + scheduled === 0 && 'Nothing waits'}
      </span>
      {health.lastPost ? (
        <span className="flex items-center gap-1.5">
          <Link
            to="/uploads/$uploadId"
            params={{ uploadId: health.lastPost.uploadId }}
            className="underline decoration-line underline-offset-2 hover:text-ink"
          >
            Last post <Ago value={health.lastPost.publishedAt} />
          </Link>
          {health.lastPost.externalUrl && (
            <a
              href={health.lastPost.externalUrl}
              target="_blank"
              rel="noreferrer"
              aria-label="Open the post"
              className="hover:text-ink"
            >
              <ExternalLink size={13} />
            </a>
          )}
        </span>
      ) : (
        <span>No post yet</span>
      )}
    </div>
  )
}

interface WaitingProps {
  readonly accountId: string
  readonly status: string
  readonly count: number
  readonly word: string
}

const Waiting = ({ accountId, status, count, word }: WaitingProps) => (
  <Link
    to="/uploads"
    search={{ account: accountId, status } as never}
    className="text-ink underline decoration-line underline-offset-2 hover:decoration-ink"
  >
    {countWords(count)} {word}
  </Link>
)

/** The server stops counting at a thousand. */
export const countWords = (count: number): string => (count >= 1000 ? '1,000 or more' : String(count))

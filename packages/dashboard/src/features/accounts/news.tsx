import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { type Account, type Platform, platformOf } from '../../data/accounts.ts'
import { buttonClass, IconButton } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { StateShape } from '../../ui/state.tsx'
import type { Search } from './api.ts'

interface Props {
  readonly search: Search
  readonly accounts: readonly Account[]
  readonly platforms: readonly Platform[] | undefined
  readonly onClose: () => void
}

/** What came of a link, on the way back from the platform. */
export function News({ search: { linked, linkError, of = '', again }, accounts, platforms, onClose }: Props) {
  const close = <IconButton label="Close" onClick={onClose} icon={<X size={14} />} className="-my-1.5 -mr-1.5" />
  const ids = linked?.split(',') ?? []
  const now = accounts.filter(({ accountId }) => ids.includes(accountId))
  if (linkError) {
    const platform = platformOf(platforms, of)?.name ?? 'The platform'
    return (
      <Notice kind="failed" actions={close}>
        {faultWords(linkError, platform)}
      </Notice>
    )
  }
  const meant = accounts.find(({ accountId }) => accountId === again)
  if (now.length > 0 && meant && !ids.includes(meant.accountId)) {
    return (
      <Notice kind="needs" actions={close}>
        <Names accounts={now} /> {now.length === 1 ? 'is' : 'are'} linked, but you came for{' '}
        <bdi className="font-medium">{meant.displayName}</bdi>. Link it again, and sign in at the platform as its owner.
      </Notice>
    )
  }
  if (now.length === 0) return null
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-well px-3 py-2.5">
      <StateShape state="Uploaded" />
      <p className="min-w-0 flex-1 basis-56">
        <Names accounts={now} /> {now.length === 1 ? 'is' : 'are'} linked{again ? ' again' : ''}.
        {again && ' What the dead sign-in stopped in the last 72 hours goes on.'}
      </p>
      <div className="flex items-center gap-2">
        {!again && (
          <Link to="/new" className={buttonClass('plain', 'small')}>
            Send a video
          </Link>
        )}
        {close}
      </div>
    </div>
  )
}

const Names = ({ accounts }: { readonly accounts: readonly Account[] }) =>
  accounts.length > 3
    ? `${accounts.length} accounts`
    : accounts.map(({ accountId, displayName }, index) => (
        <span key={accountId}>
          {index > 0 && (index === accounts.length - 1 ? ' and ' : ', ')}
          <bdi className="font-medium">{displayName}</bdi>
        </span>
      ))

/** The address names a fault by a word; what a platform alone knows of is told by that word. */
function faultWords(code: string, platform: string): string {
  const none = 'Nothing was linked.'
  if (code === 'access_denied') return `You did not let Upload24 use the account at ${platform}. ${none}`
  if (code === 'scope_missing')
    return `${platform} did not grant everything that publishing needs: a box on its page was not ticked. ${none} Link again, and leave all of them ticked.`
  if (code === 'several_accounts') return `${platform} brought several accounts at once. ${none} Allow one at a time.`
  if (code === 'platform_refused') return `${platform} did not let the account be linked. ${none} Try again.`
  if (code === 'platform_error' || code === 'sign_in_unanswered')
    return `${platform} did not answer as expected. ${none} Try again in a minute.`
  if (code === 'app_misconfigured')
    return `${platform} does not know this server's app. ${none} Whoever runs the server must check its client id and secret.`
  if (/no_(channel|account)/.test(code))
    return `Nothing that can be published on belongs to this sign-in at ${platform}. ${none} Sign in there as the owner of the account.`
  if (/not_professional|personal/.test(code))
    return `${platform} lets programs publish on professional accounts alone, and this one is personal. ${none} Change it there, and link it again.`
  return `${platform} refused: ${code.replaceAll('_', ' ')}. ${none}`
}

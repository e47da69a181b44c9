import { useQuery } from '@tanstack/react-query'
import { Ellipsis, RotateCw, Trash2 } from 'lucide-react'
import { withArticle } from '../../data/roles.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { plural } from '../../ui/format.ts'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Section } from '../../ui/page.tsx'
import { Problem, wordsOf } from '../../ui/problem.tsx'
import { Ago } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Invitation, invitationsQuery, useResend, useRevoke } from './api.ts'
import { InvitedWords } from './invited-words.tsx'

/** Those that nobody has accepted yet. */
export function Invitations() {
  const { data, error, refetch } = useQuery(invitationsQuery)
  // Mostly there are none, so nothing is held free for them.
  if (data?.length === 0 || (!data && !error)) return null
  return (
    <Section title={data ? plural(data.length, 'open invitation') : 'Open invitations'}>
      {!data && error && <Problem error={error} onRetry={() => refetch()} />}
      {data && (
        <ul aria-label="Open invitations" className="border-t border-line">
          {data.map(invitation => (
            <Line key={invitation.id} invitation={invitation} />
          ))}
        </ul>
      )}
    </Section>
  )
}

function Line({ invitation }: { readonly invitation: Invitation }) {
  const { id, email, role, invitedBy, expiresAt, isExpired } = invitation
  const resend = useResend()
  const revoke = useRevoke(() => toast(<>The invitation of {email} is taken back; its link is void.</>))
  const error = resend.error ?? revoke.error
  return (
    <li className={`flex items-start gap-3 border-b border-line py-2.5 ${revoke.isPending ? 'opacity-55' : ''}`}>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{email}</p>
        <p className="text-sm text-soft">
          as {withArticle(role)}, by <bdi>{invitedBy.name}</bdi>,{' '}
          <span className={isExpired ? 'text-needs' : ''}>
            {isExpired ? 'expired' : 'expires'} <Ago value={expiresAt} />
          </span>
        </p>
        {error && (
          <p role="alert" className="text-sm text-failed">
            {wordsOf(error)}
          </p>
        )}
      </div>
      {isExpired && (
        <Button size="small" isBusy={resend.isPending} onClick={() => resend.mutate(id)}>
          Send a new link
        </Button>
      )}
      <Menu
        trigger={<IconButton label={`Invitation of ${email}: more`} icon={<Ellipsis size={16} />} className="-my-1" />}
      >
        <MenuItem icon={<RotateCw size={14} />} onSelect={() => resend.mutate(id)}>
          Send a new link
        </MenuItem>
        <MenuItem isDangerous icon={<Trash2 size={14} />} onSelect={() => revoke.mutate(id)}>
          Take the invitation back
        </MenuItem>
      </Menu>
      {resend.isSuccess && <Resent invited={resend.data} email={email} onClose={() => resend.reset()} />}
    </li>
  )
}

interface ResentProps {
  readonly invited: NonNullable<ReturnType<typeof useResend>['data']>
  readonly email: string
  readonly onClose: () => void
}

const Resent = ({ invited, email, onClose }: ResentProps) => (
  <Dialog title={`A new link for ${email}`} onClose={onClose}>
    <p>The old link is void.</p>
    <InvitedWords invited={invited} email={email} />
    <DialogActions>
      <Button look="main" onClick={onClose}>
        Done
      </Button>
    </DialogActions>
  </Dialog>
)

import { queryOptions } from '@tanstack/react-query'
import { client } from '../../session/client.ts'
import { Notice } from '../../ui/notice.tsx'

export type Invitation = Awaited<ReturnType<typeof client.people.invitation>>

export const invitationQuery = (token: string | undefined) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => client.people.invitation({ token: token ?? '' }, { signal }),
    enabled: token !== undefined
  })

const ROLES: Record<Invitation['role'], string> = {
  owner: 'an owner, who may do everything',
  admin: 'an admin, who links accounts and invites people',
  member: 'a member, who sends videos',
  viewer: 'a viewer, who looks and changes nothing'
}

/** To what one is invited, by whom, and as what. */
export const InvitationWords = ({
  invitation: { workspace, invitedBy, role }
}: {
  readonly invitation: Invitation
}) => (
  <Notice kind="info">
    {invitedBy} invites you to <strong dir="auto">{workspace}</strong> as {ROLES[role]}.
  </Notice>
)

/** Why it does not work any more, and who can help. */
export function deadWords({ status, invitedBy }: Invitation): string | undefined {
  if (status === 'expired') return `This invitation has expired. Ask ${invitedBy} for a new one.`
  if (status === 'accepted') return 'This invitation has been used. Sign in to go to the workspace.'
  if (status !== 'pending') return `This invitation was taken back. Ask ${invitedBy} for a new one.`
  return undefined
}

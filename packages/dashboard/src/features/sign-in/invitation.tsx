import { queryOptions, useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { cache } from '../../data/cache.ts'
import { withArticle } from '../../data/roles.ts'
import { client } from '../../session/client.ts'
import { leave, useSession } from '../../session/session.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Door, DoorProblem } from './door.tsx'
import { useEnter } from './enter.ts'

export type Invitation = Awaited<ReturnType<typeof client.people.invitation>>

export const invitationQuery = (token: string | undefined) =>
  queryOptions({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => client.people.invitation({ token: token ?? '' }, { signal }),
    enabled: token !== undefined
  })

export const policyQuery = queryOptions({
  queryKey: ['sign-up policy'],
  queryFn: ({ signal }) => client.people.signUpPolicy({}, { signal })
})

/** To what one is invited, by whom, and as what. */
export const InvitationWords = ({
  invitation: { workspace, invitedBy, role }
}: {
  readonly invitation: Invitation
}) => (
  <Notice kind="info">
    <bdi>{invitedBy}</bdi> invites you to <strong dir="auto">{workspace}</strong> as {withArticle(role)}.
  </Notice>
)

/** Why it does not work any more, and who can help. */
export function deadWords({ status, invitedBy }: Invitation): string | undefined {
  if (status === 'expired') return `This invitation has expired. Ask ${invitedBy} for a new one.`
  if (status === 'accepted') return 'This invitation has been used. Sign in to go to the workspace.'
  if (status !== 'pending') return `This invitation was taken back. Ask ${invitedBy} for a new one.`
  return undefined
}

interface JoinProps {
  readonly token: string
  readonly invitation: Invitation
}

/** For whoever is signed in already, or has an account to sign in with. */
export function Join({ token, invitation }: JoinProps) {
  const session = useSession()
  const enterWith = useEnter()
  const accept = useMutation({
    mutationFn: () => client.people.acceptInvitation({ token }),
    onSuccess: enterWith
  })
  const signOut = useMutation({
    mutationFn: async () => {
      await client.people.signOut({})
      cache.clear()
      leave()
    }
  })
  const { workspace, email } = invitation
  const isOther = session.is === 'in' && session.user.email !== email
  return (
    <Door title={`Join ${workspace}`}>
      <div className="flex flex-col gap-4">
        <InvitationWords invitation={invitation} />
        {session.is !== 'in' && (
          <>
            <p>{email} has an account already: sign in with it to join.</p>
            <Link to="/sign-in" search={{ invitation: token } as never} className={buttonClass('main')}>
              Sign in and join
            </Link>
          </>
        )}
        {session.is === 'in' && !isOther && (
          <>
            {accept.error && <DoorProblem error={accept.error} />}
            <Button look="main" isBusy={accept.isPending} onClick={() => accept.mutate()}>
              Join as {email}
            </Button>
          </>
        )}
        {isOther && (
          <>
            <p>
              It is for {email}, and you are signed in as {session.user.email}.
            </p>
            {signOut.error && <DoorProblem error={signOut.error} />}
            <Button look="main" isBusy={signOut.isPending} onClick={() => signOut.mutate()}>
              Sign out and go on as {email}
            </Button>
          </>
        )}
      </div>
    </Door>
  )
}

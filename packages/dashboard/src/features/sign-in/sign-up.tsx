import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, type ReactNode, useState } from 'react'
import { client } from '../../session/client.ts'
import { renew, useSession } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { Door, DoorLoading, DoorProblem, doorLink, READ_ONLY } from './door.tsx'
import { useDoorSearch, useEnter, useFaultFocus } from './enter.ts'
import { deadWords, InvitationWords, invitationQuery, Join, policyQuery } from './invitation.tsx'

/** A new person with a workspace of their own, or in the one that they are invited to. */
export function SignUp() {
  const { invitation: token, next } = useDoorSearch()
  const { data: invitation, error: noInvitation } = useQuery(invitationQuery(token))
  const { data: policy, error: noPolicy, refetch } = useQuery(policyQuery)
  const session = useSession()
  const [isTried, setTried] = useState(false)
  const dead = invitation && deadWords(invitation)
  const toSignIn = (
    <p>
      Have an account?{' '}
      <Link to="/sign-in" search={{ invitation: dead ? undefined : token, next } as never} className={doorLink}>
        Sign in
      </Link>
    </p>
  )
  if (noInvitation || dead) {
    return (
      <Door title="This invitation does not work" below={toSignIn}>
        {dead ? <Notice kind="needs">{dead}</Notice> : <Problem error={noInvitation} />}
      </Door>
    )
  }
  if (token && session.is === 'unknown') return <DoorLoading title="Make an account" fields={4} />
  if (token && invitation && !isTried && (invitation.hasAccount || session.is === 'in')) {
    return <Join token={token} invitation={invitation} />
  }
  if (!token && noPolicy) {
    return (
      <Door title="Make an account" below={toSignIn}>
        <Problem error={noPolicy} onRetry={() => refetch()} />
      </Door>
    )
  }
  if (token ? !invitation : !policy) return <DoorLoading title="Make an account" fields={4} />
  if (policy && !policy.isOpen && !token) {
    return (
      <Door title="Sign-up is closed here" below={toSignIn}>
        <p>New people join by invitation. Ask an admin of the workspace to invite your e-mail address.</p>
      </Door>
    )
  }
  return (
    <Door title={invitation ? `Join ${invitation.workspace}` : 'Make an account'} below={toSignIn}>
      <Fields token={token} email={invitation?.email} onTry={() => setTried(true)}>
        {invitation ? (
          <InvitationWords invitation={invitation} />
        ) : (
          <p className="text-soft">One video goes in, and is published once on every account that you link.</p>
        )}
      </Fields>
    </Door>
  )
}

/** A new workspace shows times as this device does. Where that fails it shows UTC, and its page changes it. */
async function takeZone(): Promise<void> {
  try {
    await client.workspace.change({ timezone: Intl.DateTimeFormat().resolvedOptions().timeZone })
    await renew()
  } catch {}
}

interface FieldsProps {
  readonly token: string | undefined
  readonly email: string | undefined
  /** The form stays until it has led in. */
  readonly onTry: () => void
  readonly children: ReactNode
}

function Fields({ token, email, onTry, children }: FieldsProps) {
  const goIn = useEnter()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const words = fieldWords(error)
  const form = useFaultFocus(error)
  async function signUp(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<
      'name' | 'email' | 'password' | 'workspace',
      string
    >
    const { name, password, workspace } = given
    onTry()
    setBusy(true)
    setError(undefined)
    try {
      const where = token ? { invitation: token } : { workspace }
      goIn(await client.people.signUp({ name, password, email: email ?? given.email, ...where }))
      if (!token) takeZone()
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <form ref={form} onSubmit={signUp} className="flex flex-col gap-4">
      {children}
      <TextField label="Your name" name="name" autoComplete="name" required maxLength={80} error={words.name} />
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        readOnly={email !== undefined}
        className={READ_ONLY}
        defaultValue={email}
        error={words.email}
      />
      <PasswordField
        label="Password"
        name="password"
        autoComplete="new-password"
        required
        minLength={10}
        maxLength={128}
        hint="At least 10 characters."
        error={words.password}
      />
      {!token && (
        <TextField
          label="Workspace"
          name="workspace"
          required
          maxLength={80}
          placeholder="Your company or channel"
          hint="Your accounts, videos and people belong to it."
          error={words.workspace}
        />
      )}
      <Button look="main" type="submit" isBusy={isBusy}>
        {isBusy ? 'Making the account' : token ? 'Make an account and join' : 'Make an account'}
      </Button>
      {error !== undefined && Object.keys(words).length === 0 && <DoorProblem error={error} />}
    </form>
  )
}

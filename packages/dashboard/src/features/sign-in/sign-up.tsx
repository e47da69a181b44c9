import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { client } from '../../session/client.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { Door, doorLink } from './door.tsx'
import { useDoorSearch, useEnter } from './enter.ts'
import { deadWords, InvitationWords, invitationQuery } from './invitation.tsx'

/** A new person with a workspace of their own, or in the one that they are invited to. */
export function SignUp() {
  const { invitation: token, next } = useDoorSearch()
  const { data: invitation, error: noInvitation } = useQuery(invitationQuery(token))
  const { data: policy } = useQuery({
    queryKey: ['sign-up policy'],
    queryFn: ({ signal }) => client.people.signUpPolicy({}, { signal })
  })
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
  if (invitation?.hasAccount) {
    return (
      <Door title={`Join ${invitation.workspace}`}>
        <div className="flex flex-col gap-4">
          <InvitationWords invitation={invitation} />
          <p>{invitation.email} has an account already: sign in with it to accept.</p>
          <Link to="/sign-in" search={{ invitation: token } as never} className={buttonClass('main')}>
            Sign in and accept
          </Link>
        </div>
      </Door>
    )
  }
  if (policy && !policy.isOpen && !token) {
    return (
      <Door title="Sign-up is closed here" below={toSignIn}>
        <p>New people join by invitation. Ask an admin of the workspace to invite your e-mail address.</p>
      </Door>
    )
  }
  return (
    <Door title={invitation ? `Join ${invitation.workspace}` : 'Make an account'} below={toSignIn}>
      <Fields token={token} email={invitation?.email}>
        {invitation && <InvitationWords invitation={invitation} />}
      </Fields>
    </Door>
  )
}

interface FieldsProps {
  readonly token: string | undefined
  readonly email: string | undefined
  readonly children: React.ReactNode
}

function Fields({ token, email, children }: FieldsProps) {
  const goIn = useEnter()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const words = fieldWords(error)
  async function signUp(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = Object.fromEntries(new FormData(event.currentTarget)) as Record<
      'name' | 'email' | 'password' | 'workspace',
      string
    >
    const { name, password, workspace } = given
    setBusy(true)
    setError(undefined)
    try {
      const where = token ? { invitation: token } : { workspace }
      goIn(await client.people.signUp({ name, password, email: email ?? given.email, ...where }))
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <form onSubmit={signUp} className="flex flex-col gap-4">
      {children}
      <TextField label="Your name" name="name" autoComplete="name" required maxLength={80} error={words.name} />
      <TextField
        label="E-mail"
        name="email"
        type="email"
        autoComplete="username"
        required
        readOnly={email !== undefined}
        defaultValue={email}
        error={words.email}
      />
      <TextField
        label="Password"
        name="password"
        type="password"
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
          hint="Accounts, videos and people belong to it. You can rename it later."
          error={words.workspace}
        />
      )}
      {error !== undefined && Object.keys(words).length === 0 && <Problem error={error} />}
      <Button look="main" type="submit" isBusy={isBusy}>
        {token ? 'Make an account and join' : 'Make an account'}
      </Button>
    </form>
  )
}

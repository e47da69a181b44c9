import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ProblemError } from '@upload24/sdk'
import { type FormEvent, useEffect, useState } from 'react'
import { client } from '../../session/client.ts'
import { useSession } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { fieldWords } from '../../ui/problem.tsx'
import { Door, DoorLoading, DoorProblem, doorLink, READ_ONLY } from './door.tsx'
import { useDoorSearch, useEnter, useFaultFocus, useGoOn } from './enter.ts'
import { deadWords, type Invitation, InvitationWords, invitationQuery, Join, policyQuery } from './invitation.tsx'

/** For whoever has an account; with an invitation, the way to join with it. */
export function SignIn() {
  const { invitation: token } = useDoorSearch()
  const session = useSession()
  const goOn = useGoOn()
  const [isTried, setTried] = useState(false)
  const { data: invitation, error } = useQuery(invitationQuery(token))
  useEffect(() => {
    if (session.is === 'in' && !token) goOn()
  }, [session.is, token, goOn])
  if (token && !isTried && (session.is === 'unknown' || (!invitation && !error)))
    return <DoorLoading title="Sign in" fields={2} />
  const dead = error ? 'This invitation does not work: ask for a new one.' : invitation && deadWords(invitation)
  if (token && invitation && !dead && session.is === 'in' && !isTried)
    return <Join token={token} invitation={invitation} />
  return (
    <Form
      token={dead ? undefined : token}
      invitation={dead ? undefined : invitation}
      dead={dead}
      onTry={() => setTried(true)}
    />
  )
}

interface FormProps {
  readonly token: string | undefined
  readonly invitation: Invitation | undefined
  /** Why the invitation is of no use. */
  readonly dead: string | undefined
  /** The form stays until it has led in. */
  readonly onTry: () => void
}

/** E-mail and password; with a second factor its code is asked for in a second step of the same page. */
function Form({ token, invitation, dead, onTry }: FormProps) {
  const { next } = useDoorSearch()
  const { data: policy } = useQuery(policyQuery)
  const goIn = useEnter()
  const [fields, setFields] = useState({ email: '', password: '', code: '' })
  const [needsCode, setNeedsCode] = useState(false)
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const set = (name: keyof typeof fields) => (event: { target: { value: string } }) =>
    setFields({ ...fields, [name]: event.target.value })
  const words = fieldWords(error)
  const form = useFaultFocus(error)

  async function signIn(event: FormEvent) {
    event.preventDefault()
    onTry()
    setBusy(true)
    setError(undefined)
    const { email, password, code } = fields
    try {
      goIn(
        await client.people.signIn({
          email: invitation?.email ?? email,
          password,
          ...(needsCode ? { code: code.trim() } : {}),
          ...(token ? { invitation: token } : {})
        })
      )
    } catch (caught) {
      if (caught instanceof ProblemError && caught.code === 'two_factor_required') setNeedsCode(true)
      else setError(caught)
      setBusy(false)
    }
  }

  return (
    <Door
      title={needsCode ? 'Enter the code of your app' : 'Sign in'}
      below={
        !needsCode && (
          <>
            <p>
              <Link to="/forgot-password" className={doorLink}>
                I forgot my password
              </Link>
            </p>
            {(policy?.isOpen || token) && (
              <p>
                New here?{' '}
                <Link to="/sign-up" search={{ invitation: token, next } as never} className={doorLink}>
                  Make an account
                </Link>
              </p>
            )}
          </>
        )
      }
    >
      <form ref={form} onSubmit={signIn} className="flex flex-col gap-4">
        {dead && <Notice kind="needs">{dead}</Notice>}
        {invitation && <InvitationWords invitation={invitation} />}
        {needsCode ? (
          <TextField
            key="code"
            label="Code"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            autoFocus
            required
            hint="Six digits, or one of your backup codes."
            error={words.code}
            value={fields.code}
            onChange={set('code')}
          />
        ) : (
          <>
            <TextField
              label="E-mail"
              name="email"
              type="email"
              autoComplete="username"
              required
              readOnly={invitation !== undefined}
              className={READ_ONLY}
              error={words.email}
              value={invitation?.email ?? fields.email}
              onChange={set('email')}
            />
            <PasswordField
              label="Password"
              name="password"
              autoComplete="current-password"
              required
              error={words.password}
              value={fields.password}
              onChange={set('password')}
            />
          </>
        )}
        <Button look="main" type="submit" isBusy={isBusy}>
          {isBusy ? 'Signing in' : 'Sign in'}
        </Button>
        {error !== undefined && Object.keys(words).length === 0 && <DoorProblem error={error} />}
        {needsCode && <Button onClick={() => setNeedsCode(false)}>Back to the password</Button>}
      </form>
    </Door>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { ProblemError } from '@upload24/sdk'
import { type FormEvent, useState } from 'react'
import { client } from '../../session/client.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { Door, doorLink } from './door.tsx'
import { useDoorSearch, useEnter } from './enter.ts'
import { InvitationWords, invitationQuery } from './invitation.tsx'

/** E-mail and password; with a second factor its code is asked for in a second step of the same page. */
export function SignIn() {
  const { invitation: token, next } = useDoorSearch()
  const { data: invitation } = useQuery(invitationQuery(token))
  const { data: policy } = useQuery({
    queryKey: ['sign-up policy'],
    queryFn: ({ signal }) => client.people.signUpPolicy({}, { signal })
  })
  const goIn = useEnter()
  const [fields, setFields] = useState({ email: '', password: '', code: '' })
  const [needsCode, setNeedsCode] = useState(false)
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  const set = (name: keyof typeof fields) => (event: { target: { value: string } }) =>
    setFields({ ...fields, [name]: event.target.value })
  const words = fieldWords(error)

  async function signIn(event: FormEvent) {
    event.preventDefault()
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
            {(policy?.isOpen || token) && (
              <p>
                New here?{' '}
                <Link to="/sign-up" search={{ invitation: token, next } as never} className={doorLink}>
                  Make an account
                </Link>
              </p>
            )}
            <p>
              <Link to="/forgot-password" className={doorLink}>
                I forgot my password
              </Link>
            </p>
          </>
        )
      }
    >
      <form onSubmit={signIn} className="flex flex-col gap-4">
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
              error={words.email}
              value={invitation?.email ?? fields.email}
              onChange={set('email')}
            />
            <TextField
              label="Password"
              name="password"
              type="password"
              autoComplete="current-password"
              required
              error={words.password}
              value={fields.password}
              onChange={set('password')}
            />
          </>
        )}
        {error !== undefined && Object.keys(words).length === 0 && <Problem error={error} />}
        <Button look="main" type="submit" isBusy={isBusy}>
          Sign in
        </Button>
        {needsCode && <Button onClick={() => setNeedsCode(false)}>Back to the password</Button>}
      </form>
    </Door>
  )
}

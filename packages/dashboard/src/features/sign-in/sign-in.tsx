import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { client } from '../../session/client.ts'
import { enter } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Problem } from '../../ui/problem.tsx'

export function SignIn() {
  const { next = '/' } = useSearch({ strict: false }) as { next?: string }
  const navigate = useNavigate()
  const [error, setError] = useState<unknown>()
  const [isBusy, setBusy] = useState(false)
  async function signIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = Object.fromEntries(new FormData(event.currentTarget)) as { email: string; password: string }
    setBusy(true)
    try {
      enter(await client.people.signIn(fields))
      navigate({ to: next, replace: true })
    } catch (caught) {
      setError(caught)
      setBusy(false)
    }
  }
  return (
    <main className="mx-auto flex max-w-96 flex-col gap-4 px-4 py-24">
      <h1 className="text-xl">Sign in to Upload24</h1>
      <form onSubmit={signIn} className="flex flex-col gap-3">
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" required />
        {error !== undefined && <Problem error={error} />}
        <Button look="main" type="submit" isBusy={isBusy}>
          Sign in
        </Button>
      </form>
      <p className="text-soft">
        <Link to="/sign-up">Make an account</Link>
      </p>
    </main>
  )
}

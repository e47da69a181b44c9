import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { client } from '../../session/client.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { fieldWords } from '../../ui/problem.tsx'
import { Door, DoorProblem } from './door.tsx'
import { useDoorSearch } from './enter.ts'

/** Reached by the mailed link, which carries the token. */
export function Reset() {
  const { token = '' } = useDoorSearch()
  const reset = useMutation({ mutationFn: (password: string) => client.people.resetPassword({ token, password }) })
  const words = fieldWords(reset.error)
  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    reset.mutate(String(new FormData(event.currentTarget).get('password')))
  }
  if (reset.isSuccess) {
    return (
      <Door title="Your password is new">
        <p className="mb-4">You were signed out everywhere. Sign in with the new password.</p>
        <Link to="/sign-in" className={buttonClass('main')}>
          Sign in
        </Link>
      </Door>
    )
  }
  if (token === '' || words.token) {
    return (
      <Door title="This link does not work">
        <div className="flex flex-col gap-4">
          <Notice kind="needs">It has been used, is older than an hour, or was cut short.</Notice>
          <Link to="/forgot-password" className={buttonClass('main')}>
            Ask for a new link
          </Link>
        </div>
      </Door>
    )
  }
  return (
    <Door title="Choose a new password">
      <form onSubmit={save} className="flex flex-col gap-4">
        <PasswordField
          label="New password"
          name="password"
          autoComplete="new-password"
          required
          minLength={10}
          maxLength={128}
          hint="At least 10 characters. You are signed out everywhere else."
          error={words.password}
        />
        <Button look="main" type="submit" isBusy={reset.isPending}>
          {reset.isPending ? 'Saving the new password' : 'Save the new password'}
        </Button>
        {reset.error && !words.password && <DoorProblem error={reset.error} />}
      </form>
    </Door>
  )
}

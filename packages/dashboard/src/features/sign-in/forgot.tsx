import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { FormEvent } from 'react'
import { client } from '../../session/client.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { fieldWords } from '../../ui/problem.tsx'
import { Door, DoorProblem, doorLink } from './door.tsx'

export function Forgot() {
  const forgot = useMutation({ mutationFn: (email: string) => client.people.forgotPassword({ email }) })
  const words = fieldWords(forgot.error)
  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    forgot.mutate(String(new FormData(event.currentTarget).get('email')))
  }
  const back = (
    <Link to="/sign-in" className={doorLink}>
      Back to sign-in
    </Link>
  )
  if (forgot.isSuccess) {
    return (
      <Door title="Check your mail" below={back}>
        <p>
          If {forgot.variables} has an account here, a link for a new password is on its way. It works for one hour. An
          instance that cannot send mail prints the link in its log instead: ask whoever runs it.
        </p>
      </Door>
    )
  }
  return (
    <Door title="Forgot your password?" below={back}>
      <form onSubmit={send} className="flex flex-col gap-4">
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required error={words.email} />
        <Button look="main" type="submit" isBusy={forgot.isPending}>
          {forgot.isPending ? 'Sending the link' : 'Mail me a link'}
        </Button>
        {forgot.error && !words.email && <DoorProblem error={forgot.error} />}
      </form>
    </Door>
  )
}

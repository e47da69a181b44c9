import type { FormEvent, ReactNode } from 'react'
import { useSignedIn } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'

interface Props {
  readonly title: string
  /** The button that goes on. */
  readonly act: string
  readonly isDangerous?: boolean
  readonly isBusy: boolean
  readonly error: unknown
  readonly onPassword: (password: string) => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Asks for the password again: an open tab alone must not do what follows. */
export function PasswordDialog({ title, act, isDangerous, isBusy, error, onPassword, onClose, children }: Props) {
  const { user } = useSignedIn()
  const words = fieldWords(error)
  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    onPassword(String(new FormData(event.currentTarget).get('password')))
  }
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={send} className="flex flex-col gap-4">
        <p>{children}</p>
        <HiddenUser email={user.email} />
        <TextField
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          maxLength={128}
          error={words.password}
        />
        {Boolean(error) && !words.password && <Problem error={error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={isDangerous ? 'danger' : 'main'} type="submit" isBusy={isBusy}>
            {act}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Tells password managers whose password it is. */
export const HiddenUser = ({ email }: { readonly email: string }) => (
  <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
)

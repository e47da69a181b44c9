import { type FormEvent, useState } from 'react'
import { useSignedIn } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { PasswordField } from '../../ui/password-field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { toast } from '../../ui/toast.tsx'
import { useChangePassword } from './api.ts'
import { HiddenUser } from './password-dialog.tsx'

export function Password() {
  const [isOpen, setOpen] = useState(false)
  return (
    <Section title="Password">
      <p className="text-soft">A new one signs you out everywhere else.</p>
      <div>
        <Button onClick={() => setOpen(true)}>Change the password</Button>
      </div>
      {isOpen && <ChangeDialog onClose={() => setOpen(false)} />}
    </Section>
  )
}

function ChangeDialog({ onClose }: { readonly onClose: () => void }) {
  const { user } = useSignedIn()
  const change = useChangePassword()
  const words = fieldWords(change.error)
  function done() {
    onClose()
    toast('Your password is new. Everywhere else you are signed out.')
  }
  function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    change.mutate(
      { password: String(given.get('password')), newPassword: String(given.get('newPassword')) },
      { onSuccess: done }
    )
  }
  return (
    <Dialog title="Change the password" onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4">
        <HiddenUser email={user.email} />
        <TextField
          label="Password of now"
          name="password"
          type="password"
          autoComplete="current-password"
          autoFocus
          required
          maxLength={128}
          error={words.password}
        />
        <PasswordField
          label="New password"
          name="newPassword"
          autoComplete="new-password"
          required
          minLength={10}
          maxLength={128}
          hint="At least 10 characters."
          error={words.newPassword}
        />
        {change.error && Object.keys(words).length === 0 && <Problem error={change.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" isBusy={change.isPending}>
            {change.isPending ? 'Changing the password' : 'Change the password'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

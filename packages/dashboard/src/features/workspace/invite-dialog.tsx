import { type FormEvent, useState } from 'react'
import { ROLES, type Role } from '../../data/roles.ts'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { useInvite } from './api.ts'
import { InvitedWords } from './invited-words.tsx'

/** Whom, and as what; then the link, which is shown once. */
export function InviteDialog({ onClose }: { readonly onClose: () => void }) {
  const isOwner = useMay('owner')
  const invite = useInvite()
  const [role, setRole] = useState<Role>('member')
  const words = fieldWords(invite.error)
  function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    invite.mutate({ email: String(new FormData(event.currentTarget).get('email')), role })
  }
  if (invite.isSuccess) {
    return (
      <Dialog title={`${invite.variables.email} is invited`} onClose={onClose}>
        <InvitedWords invited={invite.data} email={invite.variables.email} />
        <DialogActions>
          <Button onClick={() => invite.reset()}>Invite another person</Button>
          <Button look="main" onClick={onClose}>
            Done
          </Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog title="Invite a person" onClose={onClose}>
      <form onSubmit={send} className="flex flex-col gap-4">
        <TextField
          label="E-mail"
          name="email"
          type="email"
          autoComplete="off"
          autoFocus
          required
          maxLength={254}
          hint="They join with this address, and with no other."
          error={words.email}
        />
        <fieldset className="flex flex-col">
          <legend className="mb-1 text-sm font-medium">Role</legend>
          {ROLES.filter(each => isOwner || each.role !== 'owner').map(each => (
            <label
              key={each.role}
              className="-mx-2 flex cursor-pointer items-start gap-2.5 rounded-md px-2 py-1.5 has-checked:bg-well"
            >
              <input
                type="radio"
                name="role"
                value={each.role}
                checked={role === each.role}
                onChange={() => setRole(each.role)}
                className="mt-0.5 size-4 shrink-0 accent-act"
              />
              <span className="min-w-0">
                {each.name} <span className="block text-sm text-soft">{each.may}</span>
              </span>
            </label>
          ))}
        </fieldset>
        {invite.error && !words.email && <Problem error={invite.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" isBusy={invite.isPending}>
            {invite.isPending ? 'Sending the invitation' : 'Send the invitation'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

import { useNavigate } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { toast } from '../../ui/toast.tsx'
import { useCreate } from './api.ts'

/** A new workspace, and into it. */
export function CreateDialog({ onClose }: { readonly onClose: () => void }) {
  const create = useCreate(made)
  const navigate = useNavigate()
  const [name, setName] = useState('')
  const timezone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const words = fieldWords(create.error)
  function made(created: string) {
    onClose()
    navigate({ to: '/' })
    toast(
      <>
        You are in <bdi>{created}</bdi> now, and its owner.
      </>
    )
  }
  function send(event: FormEvent) {
    event.preventDefault()
    create.mutate({ name: name.trim(), timezone })
  }
  return (
    <Dialog title="Create a workspace" onClose={onClose}>
      <form onSubmit={send} className="flex flex-col gap-4">
        <p className="text-soft">
          It has accounts, uploads, API keys and people of its own. You become its owner and go on in it; the menu at
          the top leads back.
        </p>
        <TextField
          label="Name"
          autoFocus
          required
          maxLength={80}
          dir="auto"
          value={name}
          onChange={event => setName(event.target.value)}
          hint={`Its times are shown in ${timezone.replaceAll('_', ' ')}, as on this device, until you change that.`}
          error={words.name}
        />
        {create.error && !words.name && <Problem error={create.error} />}
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" disabled={name.trim() === ''} isBusy={create.isPending}>
            {create.isPending ? 'Creating the workspace' : 'Create the workspace'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

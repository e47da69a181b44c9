import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField } from '../../ui/field.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Ago } from '../../ui/time.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Key, type NewKey, useRevoke, useRotate } from './api.ts'

const OVERLAPS = [
  [0, 'Stops at once'],
  [3600, 'Works for another hour'],
  [86_400, 'Works for another day'],
  [604_800, 'Works for another week']
] as const

interface Props {
  readonly apiKey: Key
  readonly onClose: () => void
}

export function RotateDialog({ apiKey, onClose, onMade }: Props & { readonly onMade: (key: NewKey) => void }) {
  const rotate = useRotate()
  const [overlap, setOverlap] = useState(86_400)
  return (
    <Dialog title={`Rotate ${apiKey.name ?? 'this key'}`} onClose={onClose}>
      <p>A new key takes its place, with the same name, permissions, accounts and expiry.</p>
      <SelectField label="The old key" value={overlap} onChange={event => setOverlap(Number(event.target.value))}>
        {OVERLAPS.map(([seconds, label]) => (
          <option key={seconds} value={seconds}>
            {label}
          </option>
        ))}
      </SelectField>
      {rotate.error && <Problem error={rotate.error} />}
      <DialogActions>
        <Button onClick={onClose}>Keep the old one</Button>
        <Button
          look="main"
          isBusy={rotate.isPending}
          onClick={() => rotate.mutate({ id: apiKey.id, overlapSeconds: overlap }, { onSuccess: onMade })}
        >
          Rotate the key
        </Button>
      </DialogActions>
    </Dialog>
  )
}

export function RevokeDialog({ apiKey, onClose }: Props) {
  const revoke = useRevoke()
  const name = apiKey.name ?? apiKey.prefix
  const done = () => {
    onClose()
    toast(`${name} is revoked. It no longer works anywhere.`)
  }
  return (
    <Dialog title={`Revoke ${name}?`} onClose={onClose}>
      <p>
        Every program that uses it is refused from this moment on. This cannot be undone.{' '}
        {apiKey.lastUsedAt ? (
          <>
            It was last used <Ago value={apiKey.lastUsedAt} />.
          </>
        ) : (
          'It was never used.'
        )}
      </p>
      {revoke.error && <Problem error={revoke.error} />}
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" isBusy={revoke.isPending} onClick={() => revoke.mutate(apiKey.id, { onSuccess: done })}>
          Revoke the key
        </Button>
      </DialogActions>
    </Dialog>
  )
}

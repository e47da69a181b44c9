import { type FormEvent, useState } from 'react'
import { useEdit } from '../../data/change-uploads.ts'
import type { Upload } from '../../data/uploads.ts'
import { useZone } from '../../data/workspace.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextAreaField, TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { zoneName } from '../../ui/time.tsx'
import { instantOf, localOf } from '../../ui/zone.ts'

/** While it is scheduled, its text and its time may change; the server checks the result as it would a new one. */
export function EditDialog({ upload, onClose }: { readonly upload: Upload; readonly onClose: () => void }) {
  const zone = useZone()
  const edit = useEdit()
  const [title, setTitle] = useState(upload.title)
  const [at, setAt] = useState(() => (upload.scheduledOn ? localOf(new Date(upload.scheduledOn), zone) : ''))
  const words = fieldWords(edit.error)
  const hasPlace = Object.keys(words).some(path => path === 'title' || path.startsWith('scheduledOn'))
  function save(event: FormEvent) {
    event.preventDefault()
    const time = at === '' ? { scheduledOn: null } : { scheduledOn: `${at}:00`, timezone: zone }
    edit.mutate({ uploadId: upload.uploadId, title, ...time }, { onSuccess: onClose })
  }
  return (
    <Dialog title="Edit the scheduled upload" onClose={onClose}>
      <form onSubmit={save} className="flex flex-col gap-4">
        <TextAreaField
          label="Title"
          value={title}
          error={words.title}
          onChange={event => setTitle(event.target.value)}
        />
        <TextField
          label="Goes out"
          type="datetime-local"
          value={at}
          error={words.scheduledOn}
          hint={at === '' ? 'Empty: it goes out now.' : `${zone}, ${zoneName(instantOf(at, zone), zone)}`}
          onChange={event => setAt(event.target.value)}
        />
        {edit.error && !hasPlace && <Problem error={edit.error} />}
        <DialogActions>
          <Button onClick={onClose}>Leave it as it is</Button>
          <Button look="main" type="submit" isBusy={edit.isPending}>
            {at === '' ? 'Save and publish now' : 'Save'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

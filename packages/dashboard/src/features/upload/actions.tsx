import { useNavigate } from '@tanstack/react-router'
import { Ellipsis, Pencil, RotateCcw } from 'lucide-react'
import { useState } from 'react'
import { useCancel, useDelete, useDismiss, useRetry } from '../../data/change-uploads.ts'
import { isOver } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { useMay } from '../../session/session.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { plural } from '../../ui/format.ts'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Problem, wordsOf } from '../../ui/problem.tsx'
import { toast } from '../../ui/toast.tsx'
import { EditDialog } from './edit.tsx'

/** What a person may do with the whole upload. */
export function Actions({ upload }: { readonly upload: Upload }) {
  const [open, setOpen] = useState<'edit' | 'cancel' | 'delete'>()
  const retry = useRetry()
  const dismiss = useDismiss()
  const may = useMay('member')
  if (!may) return null
  const { uploadId, accounts } = upload
  const failed = accounts.filter(({ status, errorCode }) => status === 'Failed' && errorCode !== 'outcome_unknown')
  const running = accounts.filter(target => !isOver(target))
  const close = () => setOpen(undefined)
  return (
    <>
      {failed.length > 0 && (
        <Button
          look="main"
          icon={<RotateCcw size={14} />}
          isBusy={retry.isPending}
          onClick={() =>
            retry.mutate(
              { uploadId, accounts: failed.map(({ accountId }) => accountId) },
              { onError: error => toast(wordsOf(error), { kind: 'failed' }) }
            )
          }
        >
          Retry {plural(failed.length, 'failed account')}
        </Button>
      )}
      {upload.status === 'Scheduled' && (
        <Button icon={<Pencil size={14} />} onClick={() => setOpen('edit')}>
          Edit
        </Button>
      )}
      {running.length > 0 && <Button onClick={() => setOpen('cancel')}>Cancel</Button>}
      <Menu trigger={<IconButton label="More" icon={<Ellipsis size={16} />} />}>
        {upload.needsAttention && failed.length > 0 && (
          <MenuItem
            onSelect={() =>
              dismiss.mutate({ uploadId }, { onError: error => toast(wordsOf(error), { kind: 'failed' }) })
            }
          >
            Leave it failed, and take it off Home
          </MenuItem>
        )}
        <MenuItem isDangerous onSelect={() => setOpen('delete')}>
          Delete the upload
        </MenuItem>
      </Menu>
      {open === 'edit' && <EditDialog upload={upload} onClose={close} />}
      {open === 'cancel' && <CancelDialog upload={upload} count={running.length} onClose={close} />}
      {open === 'delete' && <DeleteDialog upload={upload} onClose={close} />}
    </>
  )
}

interface DialogProps {
  readonly upload: Upload
  readonly onClose: () => void
}

function CancelDialog({ upload, count, onClose }: DialogProps & { readonly count: number }) {
  const cancel = useCancel()
  return (
    <Dialog title={`Cancel ${plural(count, 'account')}?`} onClose={onClose}>
      <p>
        Nothing will be posted on an account that is canceled. Where publishing may have begun, it is too late: those
        accounts go on, and you are told which.
      </p>
      {cancel.error && <Notice kind="needs">{wordsOf(cancel.error)}</Notice>}
      <DialogActions>
        <Button onClick={onClose}>{cancel.error ? 'Close' : 'Keep it'}</Button>
        {!cancel.error && (
          <Button
            look="danger"
            isBusy={cancel.isPending}
            onClick={() => cancel.mutate({ uploadId: upload.uploadId }, { onSuccess: onClose })}
          >
            Cancel {plural(count, 'account')}
          </Button>
        )}
      </DialogActions>
    </Dialog>
  )
}

function DeleteDialog({ upload, onClose }: DialogProps) {
  const remove = useDelete()
  const navigate = useNavigate()
  // Its page is left before it is read again, which would find nothing.
  const erase = () =>
    remove.mutateAsync(upload.uploadId).then(
      () => navigate({ to: '/uploads' }),
      () => {}
    )
  const live = upload.accounts.filter(({ status }) => status === 'Uploaded').length
  return (
    <Dialog title="Delete this upload?" onClose={onClose}>
      <p>
        Its record, its journal and its file are removed here.{' '}
        {live > 0 && `${plural(live, 'post stays', 'posts stay')} on the platforms. `}
        {upload.status === 'Scheduled' && 'It will not be published. '}
        This cannot be undone.
      </p>
      {remove.error && <Problem error={remove.error} />}
      <DialogActions>
        <Button onClick={onClose}>Keep it</Button>
        <Button look="danger" isBusy={remove.isPending} onClick={erase}>
          Delete the upload
        </Button>
      </DialogActions>
    </Dialog>
  )
}

import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ROLES, type Role, withArticle } from '../../data/roles.ts'
import { useSignedIn } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Problem } from '../../ui/problem.tsx'
import { toast } from '../../ui/toast.tsx'
import { type Member, useLeave, useRemove } from './api.ts'

interface AskProps {
  readonly title: string
  readonly keep: string
  readonly act: string
  readonly isBusy?: boolean
  readonly error?: unknown
  readonly onAct: () => void
  readonly onClose: () => void
  readonly children: ReactNode
}

/** Says what will become of what hangs on it, before it is done. */
const Ask = ({ title, keep, act, isBusy = false, error, onAct, onClose, children }: AskProps) => (
  <Dialog title={title} onClose={onClose}>
    {children}
    {error !== undefined && error !== null && <Problem error={error} />}
    <DialogActions>
      <Button onClick={onClose}>{keep}</Button>
      <Button look="danger" isBusy={isBusy} onClick={onAct}>
        {act}
      </Button>
    </DialogActions>
  </Dialog>
)

export function RemoveDialog({ member, onClose }: { readonly member: Member; readonly onClose: () => void }) {
  const { tenant } = useSignedIn()
  const removed = () => {
    onClose()
    toast(
      <>
        <bdi>{member.name}</bdi> is not in <bdi>{tenant.name}</bdi> any more.
      </>
    )
  }
  const remove = useRemove(removed)
  return (
    <Ask
      title={`Remove ${member.name}?`}
      keep="Keep the member"
      act="Remove the member"
      isBusy={remove.isPending}
      error={remove.error}
      onAct={() => remove.mutate(member.userId)}
      onClose={onClose}
    >
      <p>
        {member.email} is locked out at once, and the invitations that they sent are void. Their uploads go on. API keys
        that they made belong to the workspace and live on, until somebody revokes them.
      </p>
    </Ask>
  )
}

export function LeaveDialog({ onClose }: { readonly onClose: () => void }) {
  const { tenant } = useSignedIn()
  const navigate = useNavigate()
  const leave = useLeave(() => navigate({ to: '/' }))
  return (
    <Ask
      title={`Leave ${tenant.name}?`}
      keep="Stay"
      act="Leave the workspace"
      isBusy={leave.isPending}
      error={leave.error}
      onAct={() => leave.mutate()}
      onClose={onClose}
    >
      <p>
        You lose access at once, and come back only by an invitation. Invitations that you sent are void; your uploads
        and the API keys that you made stay with the workspace.
      </p>
    </Ask>
  )
}

interface StepDownProps {
  readonly role: Role
  readonly onConfirm: () => void
  readonly onClose: () => void
}

/** One's own role, which one may not be able to take back. */
export function StepDownDialog({ role, onConfirm, onClose }: StepDownProps) {
  return (
    <Ask
      title={`Become ${withArticle(role)} here?`}
      keep="Keep your role"
      act={`Become ${withArticle(role)}`}
      onAct={() => {
        onClose()
        onConfirm()
      }}
      onClose={onClose}
    >
      <p>
        {ROLES.find(each => each.role === role)?.may} It counts at once, and only somebody who may more can give you the
        old role back.
      </p>
    </Ask>
  )
}

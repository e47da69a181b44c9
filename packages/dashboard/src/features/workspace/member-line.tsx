import { Ellipsis, LogOut, UserMinus } from 'lucide-react'
import { useState } from 'react'
import { ROLES, type Role } from '../../data/roles.ts'
import { useZone } from '../../data/workspace.ts'
import { useMay, useSignedIn } from '../../session/session.ts'
import { IconButton } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { wordsOf } from '../../ui/problem.tsx'
import { formatDay } from '../../ui/time.tsx'
import { type Member, useChangeRole } from './api.ts'
import { LeaveDialog, RemoveDialog, StepDownDialog } from './member-dialogs.tsx'
import { RoleSelect } from './role-select.tsx'

interface Props {
  readonly member: Member
  /** Without whom the workspace would be nobody's. */
  readonly isLastOwner: boolean
}

/** A person, what they may, and what may be done about it by who looks. */
export function MemberLine({ member, isLastOwner }: Props) {
  const { user } = useSignedIn()
  const zone = useZone()
  const isOwner = useMay('owner')
  const mayManage = useMay('admin')
  const change = useChangeRole()
  const [open, setOpen] = useState<'remove' | 'leave'>()
  const [lower, setLower] = useState<Role>()
  const isMe = member.userId === user.id
  const mayTouch = mayManage && (isOwner || member.role !== 'owner')
  const setRole = (role: Role) => (isMe ? setLower(role) : change.mutate({ userId: member.userId, role }))
  const close = () => setOpen(undefined)
  const why =
    isLastOwner && (isMe ? 'The only owner: to leave or to step down, make another one first.' : 'The only owner.')
  return (
    <li className="border-b border-line py-2.5">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <p className="flex items-baseline gap-2">
            <span dir="auto" className="truncate font-medium">
              {member.name}
            </span>
            {isMe && <span className="shrink-0 text-sm text-soft">you</span>}
          </p>
          <p className="truncate text-sm text-soft">{member.email}</p>
          {why && <p className="text-sm text-soft">{why}</p>}
          {change.error && (
            <p role="alert" className="text-sm text-failed">
              {wordsOf(change.error)}
            </p>
          )}
        </div>
        <span className="hidden w-40 shrink-0 pt-1.5 text-right text-sm text-soft sm:block">
          since {formatDay(member.joinedAt, zone)}
        </span>
        {mayTouch && !isLastOwner ? (
          <RoleSelect label={`Role of ${member.name}`} role={member.role} onChange={setRole} hasOwner={isOwner} />
        ) : (
          <span className="w-32 shrink-0 py-1.5 pl-2.5">{ROLES.find(({ role }) => role === member.role)?.name}</span>
        )}
        {(isMe || mayTouch) && !isLastOwner ? (
          <Menu trigger={<IconButton label={`${member.name}: more`} icon={<Ellipsis size={16} />} />}>
            {isMe ? (
              <MenuItem isDangerous icon={<LogOut size={14} />} onSelect={() => setOpen('leave')}>
                Leave the workspace
              </MenuItem>
            ) : (
              <MenuItem isDangerous icon={<UserMinus size={14} />} onSelect={() => setOpen('remove')}>
                Remove from the workspace
              </MenuItem>
            )}
          </Menu>
        ) : (
          <span className="size-8 shrink-0" />
        )}
      </div>
      {open === 'remove' && <RemoveDialog member={member} onClose={close} />}
      {open === 'leave' && <LeaveDialog onClose={close} />}
      {lower && (
        <StepDownDialog
          role={lower}
          onClose={() => setLower(undefined)}
          onConfirm={() => change.mutate({ userId: member.userId, role: lower })}
        />
      )}
    </li>
  )
}

import {
  changeMember,
  changeWorkspace,
  createWorkspace,
  inviteMember,
  leaveWorkspace,
  listInvitations,
  listMembers,
  readWorkspace,
  removeMember,
  resendInvitation,
  revokeInvitation
} from '@upload24/contract'
import { type Binding, bind } from '../http/bind.ts'
import type { Mail } from '../lib/mail.ts'
import type { PeopleApp } from './auth.ts'
import * as invitations from './invitations.ts'
import type { Limits } from './limits.ts'
import * as members from './members.ts'
import * as workspaces from './workspaces.ts'

export function workspaceRoutes(binding: Binding, app: PeopleApp, mail: Mail, limits: Limits): void {
  bind(binding, createWorkspace, ({ caller, body, reply }) => {
    limits.prove(reply, caller)
    return workspaces.create(app, caller, body)
  })
  bind(binding, readWorkspace, ({ caller }) => workspaces.read(app, caller))
  bind(binding, changeWorkspace, ({ caller, body }) => workspaces.change(app, caller, body))

  bind(binding, listMembers, async ({ caller }) => ({ items: await members.list(app, caller) }))
  bind(binding, changeMember, ({ caller, params, body }) => members.changeRole(app, caller, params.userId, body.role))
  bind(binding, removeMember, ({ caller, params }) => members.remove(app, caller, params.userId).then(() => undefined))
  bind(binding, leaveWorkspace, ({ caller }) => members.leave(app, caller).then(() => undefined))

  bind(binding, listInvitations, async ({ caller }) => ({ items: await invitations.list(app, caller) }))
  bind(binding, inviteMember, ({ body, caller }) => invitations.invite(app, mail, caller, body))
  bind(binding, resendInvitation, ({ caller, params }) => invitations.resend(app, mail, caller, params.invitationId))
  bind(binding, revokeInvitation, ({ caller, params }) =>
    invitations.revoke(app, caller, params.invitationId).then(() => undefined)
  )
}

import type { Invitation, Role } from '@upload24/contract'
import type { Db } from '../db/open.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { refuseFaults } from '../http/validation.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import type { Mail } from '../lib/mail.ts'
import { hashToken, newToken } from '../lib/tokens.ts'
import type { PeopleApp } from './auth.ts'
import * as queries from './invitation-queries.ts'
import { hasMember } from './member-queries.ts'
import { findMembership, insertMember } from './queries.ts'

const LIVES_SECONDS = 7 * 24 * 3600

export interface Invited {
  readonly id: string
  /** Where the invited person signs up or in. */
  readonly url: string
  readonly isMailed: boolean
  readonly expiresAt: string
}

/** Replaces what was pending for this address. The link goes to the address where mail is set up, and into the answer. */
export async function invite(
  app: PeopleApp,
  mail: Mail,
  caller: UserCaller,
  to: { email: string; role: Role }
): Promise<Invited> {
  requireMayInvite(caller, to.role)
  const { token, tokenHash } = makeToken()
  const made = await app.database.db.transaction().execute(async trx => {
    if (await hasMember(trx, caller.tenantId, to.email)) {
      refuseFaults([{ path: 'email', code: 'invalid_value', message: 'is the address of a member already' }])
    }
    await queries.cancelInvitationsTo(trx, caller.tenantId, to.email)
    return queries.insertInvitation(trx, {
      id: newId(),
      tenantId: caller.tenantId,
      email: to.email,
      role: to.role,
      tokenHash,
      inviterId: caller.userId,
      seconds: LIVES_SECONDS
    })
  })
  return send(app, mail, caller, { ...made, email: to.email }, token)
}

/** A new link by the same invitation; the old link is void. */
export async function resend(app: PeopleApp, mail: Mail, caller: UserCaller, invitationId: string): Promise<Invited> {
  const { db } = app.database
  const id = readId('invitation', invitationId)
  const found = id === null ? undefined : await queries.findPending(db, caller.tenantId, id)
  if (!found) throw noSuchInvitation(invitationId)
  requireMayInvite(caller, found.role)
  const { token, tokenHash } = makeToken()
  const about = { tokenHash, inviterId: caller.userId, seconds: LIVES_SECONDS }
  const renewed = await queries.renewInvitation(db, caller.tenantId, found.id, about)
  if (!renewed) throw noSuchInvitation(invitationId)
  return send(app, mail, caller, { ...renewed, email: found.email }, token)
}

async function send(
  app: PeopleApp,
  mail: Mail,
  caller: UserCaller,
  made: { id: string; expiresAt: Date; email: string },
  token: string
): Promise<Invited> {
  const url = `${app.config.http.publicUrl}/sign-up?invitation=${token}`
  const workspace = await findMembership(app.database.db, caller.userId, caller.tenantId)
  const isMailed = await mail.sendLink({
    to: made.email,
    subject: `Join ${workspace?.name ?? 'a workspace'} on Upload24`,
    text: 'You were invited to a workspace on Upload24. The link is for this address alone and lives for a week:',
    url
  })
  return { id: publicId('invitation', made.id), url, isMailed, expiresAt: made.expiresAt.toISOString() }
}

export async function revoke(app: PeopleApp, caller: UserCaller, invitationId: string): Promise<void> {
  const id = readId('invitation', invitationId)
  if (!id || !(await queries.cancelInvitation(app.database.db, caller.tenantId, id))) {
    throw noSuchInvitation(invitationId)
  }
}

export async function list(app: PeopleApp, caller: UserCaller): Promise<Invitation[]> {
  const rows = await queries.listInvitations(app.database.db, caller.tenantId)
  return rows.map(row => ({
    id: publicId('invitation', row.id),
    email: row.email,
    role: row.role,
    invitedBy: { userId: publicId('user', row.inviterId), name: row.inviterName },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    isExpired: row.isExpired
  }))
}

/** For who holds the link: what it is for, also when it cannot be used any more. */
export async function read(app: PeopleApp, token: string) {
  const found = await queries.findByToken(app.database.db, hashToken(token))
  if (!found) throw problem('not_found', 'There is no such invitation: ask for a new one.')
  const { workspace, email, role, invitedBy } = found
  const status = found.status === 'rejected' ? 'canceled' : found.status
  return {
    workspace,
    email,
    role,
    invitedBy,
    status: status === 'pending' && found.isExpired ? ('expired' as const) : status,
    expiresAt: found.expiresAt.toISOString(),
    hasAccount: found.invitedId !== null
  }
}

/** Makes the user a member of the invitation's workspace; returns its id. One answer for all that is wrong with a token. */
export async function acceptInvitation(trx: Db, token: string, user: { id: string; email: string }): Promise<string> {
  const invitation = await queries.takeInvitation(trx, hashToken(token), user.email)
  if (!invitation) {
    const message = 'is not valid, or not any more, for this e-mail'
    throw problem('validation_failed', 'The invitation cannot be used: ask for a new one.', {
      errors: [{ path: 'invitation', code: 'invalid_value', message }]
    })
  }
  await insertMember(trx, { id: newId(), userId: user.id, ...invitation })
  return invitation.tenantId
}

function requireMayInvite(caller: UserCaller, role: Role): void {
  if (role === 'owner' && caller.role !== 'owner') {
    throw problem('role_missing', 'Only an owner may invite another owner.')
  }
}

function makeToken() {
  const token = newToken()
  return { token, tokenHash: hashToken(token) }
}

const noSuchInvitation = (id: string) => problem('not_found', `There is no pending invitation ${id} in this workspace.`)

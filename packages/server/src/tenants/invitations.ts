import { createHash, randomBytes } from 'node:crypto'
import type { Role } from '@upload24/contract'
import type { Db } from '../db/open.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { newId } from '../lib/ids.ts'
import type { Mail } from '../lib/mail.ts'
import type { PeopleApp } from './auth.ts'
import { cancelInvitations, findMembership, insertInvitation, insertMember, takeInvitation } from './queries.ts'

const LIVES_SECONDS = 7 * 24 * 3600

export interface Invited {
  readonly id: string
  /** Where the invited person signs up or in. */
  readonly url: string
  readonly expiresAt: string
}

/** Replaces what was pending for this address. The link goes to the address where mail is set up, and into the answer. */
export async function invite(
  app: PeopleApp,
  mail: Mail,
  caller: UserCaller,
  to: { email: string; role: Role }
): Promise<Invited> {
  if (to.role === 'owner' && caller.role !== 'owner') {
    throw problem('role_missing', 'Only an owner may invite another owner.')
  }
  const token = randomBytes(32).toString('base64url')
  const made = await app.database.db.transaction().execute(async trx => {
    await cancelInvitations(trx, caller.tenantId, to.email)
    return insertInvitation(trx, {
      id: newId(),
      tenantId: caller.tenantId,
      email: to.email,
      role: to.role,
      tokenHash: hashOf(token),
      inviterId: caller.userId,
      seconds: LIVES_SECONDS
    })
  })
  const url = `${app.config.http.publicUrl}/sign-up?invitation=${token}`
  const workspace = await findMembership(app.database.db, caller.userId, caller.tenantId)
  await mail.sendLink({
    to: to.email,
    subject: `Join ${workspace?.tenantName ?? 'a workspace'} on Upload24`,
    text: 'You were invited to a workspace on Upload24. The link is for this address alone and lives for a week:',
    url
  })
  return { id: made.id, url, expiresAt: made.expiresAt.toISOString() }
}

/** Makes the user a member of the invitation's workspace; returns its id. One answer for all that is wrong with a token. */
export async function acceptInvitation(db: Db, token: string, user: { id: string; email: string }): Promise<string> {
  const invitation = await takeInvitation(db, hashOf(token), user.email)
  if (!invitation) {
    const message = 'is not valid, or not any more, for this e-mail'
    throw problem('validation_failed', 'The invitation cannot be used: ask for a new one.', {
      errors: [{ path: 'invitation', code: 'invalid_value', message }]
    })
  }
  await insertMember(db, { id: newId(), userId: user.id, ...invitation })
  return invitation.tenantId
}

const hashOf = (token: string) => createHash('sha256').update(token).digest()

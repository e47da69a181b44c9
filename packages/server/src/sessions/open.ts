import type { App } from '../app.ts'
import { type Caller, mayUse } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { publicId } from '../lib/ids.ts'
import { hashToken } from '../lib/tokens.ts'
import { findSession, type Session } from './queries.ts'

/** The session of a token, for whoever may use all of its accounts. 404 for everybody else. */
export async function openSession(app: App, caller: Caller, token: string): Promise<Session> {
  if (token.startsWith('$')) {
    throw problem(
      'not_found',
      `The session token that arrived is the text "${token.slice(0, 40)}": a shell does not fill in variables between single quotes. Close the quote around it, as in -d '{"sessionToken":"'"$SESSION_TOKEN"'","parts":[]}'.`
    )
  }
  const session = await findSession(app.database.db, caller.tenantId, hashToken(token))
  if (!session?.accountIds.every(id => mayUse(caller, id))) {
    throw problem('not_found', 'There is no upload session with this token in this workspace.')
  }
  return session
}

/** 409 session_completed, which names the upload. */
export function refuseCompleted({ status, uploadId }: Session, and: string): void {
  if (status !== 'completed') return
  throw problem('session_completed', `The session was completed: its upload exists, and ${and}.`, {
    more: { uploadId: publicId('upload', uploadId as string) }
  })
}

/** 409 session_aborted, 410 session_expired. */
export function refuseEnded(session: Session): void {
  if (session.status === 'aborted') throw problem('session_aborted', 'The session was aborted. Start a new one.')
  if (session.status === 'expired' || session.isOverdue) {
    throw problem('session_expired', `The session ended at ${session.expiresAt.toISOString()}. Start a new one.`)
  }
}

import type { Fault, UploadStatus } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import type { Caller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { refuseFaults } from '../http/validation.ts'
import type { Idempotent } from '../idempotency/around.ts'
import { publicId } from '../lib/ids.ts'
import { release } from '../quota/queries.ts'
import { BadParts, Missing } from '../storage/errors.ts'
import type { Frozen } from '../storage/storage.ts'
import { type Description, reviveDescription } from '../uploads/description.ts'
import { findTargetAccounts } from '../uploads/queries.ts'
import { createUpload, readStatus } from '../uploads/service.ts'
import { endSession, findSession, listOverdue, lockSession, type Session } from './queries.ts'
import { hashToken } from './start.ts'

interface PartTag {
  readonly partNumber: number
  readonly eTag: string
}

/** Freezes the bytes and makes the upload of the session; of calls that race, one makes it and all answer with it. */
export async function complete(
  app: App,
  caller: Caller,
  token: string,
  parts: readonly PartTag[],
  idempotent: Idempotent | undefined,
  onMade: (status: UploadStatus) => void
): Promise<{ isNew: boolean; status: UploadStatus }> {
  const { tenantId } = caller
  const session = await openSession(app, caller, token)
  if (session.status === 'completed')
    return { isNew: false, status: await readMade(app.database.db, tenantId, session) }
  refuseEnded(session)
  const frozen = await freeze(app, session, parts)
  const description = reviveDescription(session.description)
  await refuseUnlinked(app, tenantId, description)

  return app.database.db.transaction().execute(async trx => {
    const now = await lockSession(trx, tenantId, session.id)
    if (now.status === 'completed') return { isNew: false, status: await readMade(trx, tenantId, now) }
    refuseEnded(now)
    const file = {
      fileId: session.fileId,
      storageKey: frozen.key,
      etag: frozen.etag,
      bytes: frozen.bytes,
      name: session.fileName,
      contentType: session.contentType
    }
    const made = await createUpload(trx, tenantId, { description, file, quotaMonth: session.quotaMonth })
    await endSession(trx, tenantId, session.id, 'completed', made.id)
    onMade(made.status)
    await idempotent?.keep(trx, 201, made.status)
    return { isNew: true, status: made.status }
  })
}

/** Gives the quota back, then the disk. Repeatable. */
export async function abort(app: App, caller: Caller, token: string) {
  const session = await openSession(app, caller, token)
  const ended = await end(app, caller.tenantId, session.id, 'aborted')
  if (ended.status === 'completed') {
    throw problem('session_completed', 'The session was completed: its upload exists and cannot be aborted.')
  }
  if (ended.status === 'expired') refuseEnded(ended)
  return { fileId: publicId('file', session.fileId), status: 'aborted' as const }
}

/** Ends the sessions whose time is over: their quota goes back, their bytes go. Returns how many there were. */
export async function expireSessions(app: App): Promise<number> {
  const overdue = await listOverdue(app.database.db, 100)
  for (const { id, tenantId } of overdue) await end(app, tenantId, id, 'expired')
  return overdue.length
}

async function end(app: App, tenantId: string, id: string, status: 'aborted' | 'expired'): Promise<Session> {
  const session = await app.database.db.transaction().execute(async trx => {
    const found = await lockSession(trx, tenantId, id)
    if (found.status !== 'open') return found
    await endSession(trx, tenantId, id, status)
    await release(trx, tenantId, found.quotaMonth, found.accountIds.length)
    return { ...found, status }
  })
  if (session.status === 'completed') return session
  // Also when it had ended before: the process that ended it may have died before it came to this.
  if (session.partsId !== null) await app.storage.parts.abort(session.storageKey, session.partsId)
  await app.storage.remove(session.storageKey)
  return session
}

async function openSession(app: App, caller: Caller, token: string): Promise<Session> {
  if (token.startsWith('$')) {
    throw problem(
      'not_found',
      `The session token that arrived is the text "${token.slice(0, 40)}": a shell does not fill in variables between single quotes. Close the quote around it, as in -d '{"sessionToken":"'"$SESSION_TOKEN"'","parts":[]}'.`
    )
  }
  const session = await findSession(app.database.db, caller.tenantId, hashToken(token))
  const isAllowed = (id: string) => caller.kind === 'user' || (caller.accountIds?.includes(id) ?? true)
  if (!session?.accountIds.every(isAllowed)) {
    throw problem('not_found', 'There is no upload session with this token in this workspace.')
  }
  return session
}

function refuseEnded(session: Session): void {
  if (session.status === 'aborted') throw problem('session_aborted', 'The session was aborted. Start a new one.')
  if (session.status === 'expired' || session.isOverdue) {
    throw problem('session_expired', 'The session lived for 24 hours and has ended. Start a new one.')
  }
}

async function freeze(app: App, session: Session, parts: readonly PartTag[]): Promise<Frozen> {
  const frozen =
    session.kind === 'put' ? await freezeSingle(app, session, parts) : await freezeParts(app, session, parts)
  if (frozen.bytes !== session.fileSize) throw wrongSize(session.fileSize, frozen.bytes)
  return frozen
}

async function freezeSingle(app: App, session: Session, parts: readonly PartTag[]): Promise<Frozen> {
  if (parts.length > 0) {
    throw problem('invalid_parts', 'This session takes the file in a single PUT: send "parts": [].', {
      errors: [{ path: 'parts', code: 'not_multipart', message: 'must be empty for a single-put session' }]
    })
  }
  const head = await app.storage.single.head(session.storageKey)
  if (head && head.bytes !== session.fileSize) throw wrongSize(session.fileSize, head.bytes)
  try {
    return await app.storage.single.freeze(session.storageKey)
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    throw problem(
      'object_missing',
      'No bytes have arrived at the upload URL yet. PUT the whole file there, then complete.'
    )
  }
}

const reasons = {
  order: 'stands out of order: list the parts by ascending number, each once',
  missing: 'has not arrived: PUT it to its address first',
  etag: 'has another ETag than the one its PUT was answered with',
  too_small: 'is smaller than 5 MiB, which only the last part may be'
} as const

async function freezeParts(app: App, session: Session, parts: readonly PartTag[]): Promise<Frozen> {
  const count = Math.ceil(session.fileSize / (session.partSize as number))
  const faults: Fault[] = []
  for (let number = 1; number <= count; number++) {
    if (!parts.some(part => part.partNumber === number)) {
      faults.push({ path: 'parts', code: 'missing', message: `lacks part ${number} of ${count}` })
    }
  }
  parts.forEach((part, index) => {
    if (part.partNumber <= count) return
    const message = `names part ${part.partNumber}, but the file has ${count}`
    faults.push({ path: `parts[${index}].partNumber`, code: 'unknown', message })
  })
  try {
    if (faults.length === 0) {
      const listed = parts.map(({ partNumber, eTag }) => ({ part: partNumber, etag: quoted(eTag) }))
      return await app.storage.parts.finish(session.storageKey, session.partsId as string, listed)
    }
  } catch (error) {
    if (error instanceof Missing) throw problem('session_aborted', 'The parts of this session are not there any more.')
    if (!(error instanceof BadParts)) throw error
    for (const { part, reason } of error.faults) {
      const index = parts.findIndex(each => each.partNumber === part)
      faults.push({ path: `parts[${index}]`, code: reason, message: `part ${part} ${reasons[reason]}` })
    }
  }
  throw problem('invalid_parts', 'The list of parts is not what has arrived. Nothing was changed; see errors.', {
    errors: faults.slice(0, 100)
  })
}

async function refuseUnlinked(app: App, tenantId: string, description: Description): Promise<void> {
  const ids = description.targets.map(each => each.accountId)
  const rows = await findTargetAccounts(app.database.db, tenantId, ids)
  const gone = rows.filter(row => row.status !== 'active')
  refuseFaults(
    gone.map(row => ({
      path: 'accounts',
      code: 'account_not_active',
      message: `${publicId('account', row.id)} lost its grant since the session began: link it again, then complete`,
      accountId: publicId('account', row.id),
      platform: row.platform
    })),
    'target_refused'
  )
}

/** Clients that read the header through a library often lose its quotes. */
const quoted = (etag: string) => (etag.startsWith('"') ? etag : `"${etag}"`)

const readMade = (db: Db, tenantId: string, session: Session) => readStatus(db, tenantId, session.uploadId as string)

const wrongSize = (announced: number, arrived: number) =>
  problem(
    'file_size_mismatch',
    `The session announced ${announced} bytes; ${arrived} arrived. Abort it and start a new one.`
  )

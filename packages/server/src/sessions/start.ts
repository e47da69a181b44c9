import type { App } from '../app.ts'
import { insertUses } from '../files/queries.ts'
import type { Idempotent } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import { newId, publicId } from '../lib/ids.ts'
import { hashToken, newToken } from '../lib/tokens.ts'
import { reserveQuota } from '../quota/service.ts'
import { removeUnmade } from '../storage/remove-unmade.ts'
import type { Description } from '../uploads/description.ts'
import { holdAttached } from '../uploads/service.ts'
import { planParts } from './parts.ts'
import { hasSession, insertSession } from './queries.ts'

const MiB = 2 ** 20
const PART_SIZE = 16 * MiB

export interface Announced {
  readonly description: Description
  readonly fileName: string
  readonly fileSize: number
  readonly contentType: string
}

interface Started {
  readonly sessionToken: string
  readonly fileId: string
  readonly expiresAt: string
}

/** A session of one PUT, its quota reserved. */
export function startPut(app: App, caller: Caller, announced: Announced, idempotent: Idempotent | undefined) {
  const { fileSize: bytes, contentType } = announced
  return stage(app, caller, async file => {
    const signed = await app.storage.single.sign(file.key, { contentType, bytes }, secondsOf(app))
    const about = { uploadUrl: signed.url, method: 'PUT' as const, headers: { ...signed.headers } }
    return start(app, caller, announced, file, null, idempotent, started => ({ ...started, ...about }))
  })
}

/** A session of many PUTs, all of their addresses at once. `partSize`: in bytes. */
export function startMultipart(
  app: App,
  caller: Caller,
  announced: Announced,
  partSize: number | undefined,
  idempotent: Idempotent | undefined
) {
  const { fileSize, contentType } = announced
  // Of files up to 2 GiB in parts of at least 5 MiB there are never more than 10 000, the most that S3 takes.
  const size = partSize ?? PART_SIZE
  return stage(app, caller, async file => {
    const id = await app.storage.parts.begin(file.key, contentType)
    const parts = await Promise.all(
      planParts(fileSize, size).map(async part => {
        const { url } = await app.storage.parts.sign(file.key, id, part.partNumber, part.size, secondsOf(app))
        return { ...part, uploadUrl: url }
      })
    )
    const about = { partSize: size, parts }
    return start(app, caller, announced, file, { id, size }, idempotent, started => ({ ...started, ...about }))
  })
}

interface NewFile {
  readonly id: string
  readonly key: string
}

/** Keys are ours: nothing that a client wrote becomes part of a path. Where no session comes of it, nothing stays. */
async function stage<T>(app: App, caller: Caller, work: (file: NewFile) => Promise<T>): Promise<T> {
  const id = newId()
  const key = `${caller.tenantId}/${id}`
  try {
    return await work({ id, key })
  } catch (error) {
    await removeUnmade(app.storage, key, error, () => hasSession(app.database.db, caller.tenantId, id))
    throw error
  }
}

async function start<T>(
  app: App,
  caller: Caller,
  announced: Announced,
  file: NewFile,
  parts: { readonly id: string; readonly size: number } | null,
  idempotent: Idempotent | undefined,
  answer: (started: Started) => T
): Promise<T> {
  const { description } = announced
  const token = newSessionToken()
  return app.database.db.transaction().execute(async trx => {
    const attached = await holdAttached(trx, caller.tenantId, description.targets)
    const id = newId()
    const expiresAt = await insertSession(
      trx,
      caller.tenantId,
      {
        id,
        tokenHash: hashToken(token),
        kind: parts ? 'multipart' : 'put',
        fileId: file.id,
        storageKey: file.key,
        partsId: parts?.id ?? null,
        partSize: parts?.size ?? null,
        fileName: announced.fileName,
        fileSize: announced.fileSize,
        contentType: announced.contentType,
        description,
        accountIds: description.targets.map(each => each.accountId)
      },
      secondsOf(app)
    )
    await insertUses(trx, caller.tenantId, { sessionId: id }, attached)
    const fileId = publicId('file', file.id)
    const body = answer({ sessionToken: token, fileId, expiresAt: expiresAt.toISOString() })
    await idempotent?.keep(trx, 201, body)
    // Last: others of the workspace wait for its row of quotas until the end.
    await reserveQuota(app, trx, caller.tenantId, description.targets.length)
    return body
  })
}

/** How long a session lives that begins now. */
export const secondsOf = ({ config }: App): number => config.sessionHours * 3600

export const newSessionToken = () => `session_${newToken()}`

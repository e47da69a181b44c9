import { type Fault, importUpload } from '@upload24/contract'
import type { App } from '../app.ts'
import { insertUses } from '../files/queries.ts'
import type { Idempotent } from '../http/bind.ts'
import { type Caller, mayUse } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import { hashToken } from '../lib/tokens.ts'
import { refuseUrl } from '../net/url.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { reserveQuota } from '../quota/service.ts'
import { insertSession } from '../sessions/queries.ts'
import { newSessionToken, secondsOf } from '../sessions/start.ts'
import { readDescription } from '../uploads/description.ts'
import { createReader } from '../uploads/reader.ts'
import { holdAttached } from '../uploads/service.ts'
import { findImport, insertImport } from './queries.ts'

/** An import with its quota reserved, for a worker to fetch. */
export async function startImport(
  app: App,
  platforms: Platforms,
  caller: Caller,
  raw: unknown,
  idempotent: Idempotent | undefined,
  onMade: (importId: string) => void
) {
  const { tenantId } = caller
  const reader = createReader(app, platforms, caller, new Date())
  const { description, body } = await readDescription(reader, importUpload.body.shape, raw, mediaOf, urlFaults(raw))
  const [id, fileId, token] = [newId(), newId(), newSessionToken()]
  return app.database.db.transaction().execute(async trx => {
    const attached = await holdAttached(trx, tenantId, description.targets)
    const session = {
      id,
      tokenHash: hashToken(token),
      kind: 'import' as const,
      fileId,
      storageKey: `${tenantId}/${fileId}`,
      partsId: null,
      partSize: null,
      // What is not known yet is filled in when the bytes are there.
      fileName: body.fileName ?? '',
      fileSize: 0,
      contentType: body.contentType ?? '',
      description,
      accountIds: description.targets.map(each => each.accountId)
    }
    const expiresAt = await insertSession(trx, tenantId, session, secondsOf(app))
    await insertUses(trx, tenantId, { sessionId: id }, attached)
    await insertImport(trx, tenantId, id, app.seal.seal(new URL(body.url).href, contextOf(id)))
    const answer = {
      importId: publicId('import', id),
      sessionToken: token,
      fileId: publicId('file', fileId),
      status: 'waiting' as const,
      expiresAt: expiresAt.toISOString()
    }
    onMade(answer.importId)
    await idempotent?.keep(trx, 202, answer)
    // Last: others of the workspace wait for its row of quotas until the end.
    await reserveQuota(app, trx, tenantId, description.targets.length)
    return answer
  })
}

/** Where an import stands, for whoever may read all of its accounts. 404 for everybody else. */
export async function showImport(app: App, caller: Caller, importId: string) {
  const id = readId('import', importId)
  const found = id === null ? undefined : await findImport(app.database.db, caller.tenantId, id)
  if (!found?.accountIds.every(each => mayUse(caller, each))) {
    throw problem('not_found', 'There is no such import in this workspace.')
  }
  const { failure } = found
  return {
    importId: publicId('import', found.id),
    fileId: publicId('file', found.fileId),
    status: found.status,
    progress: { bytesReceived: found.bytesReceived, bytesTotal: found.bytesTotal },
    attempts: found.attempts,
    uploadId: found.uploadId && publicId('upload', found.uploadId),
    errorCode: failure?.code ?? null,
    errorMessage: failure?.message ?? null,
    errors: (failure?.errors ?? []).map(error => ({ ...error })),
    createdAt: found.createdAt.toISOString(),
    expiresAt: found.expiresAt.toISOString()
  }
}

/** An address opens only for the import it was sealed for. */
export const contextOf = (id: string): string => `import:${id}`

const mediaOf = ({ contentType }: { contentType?: string | undefined }) => (contentType ? { contentType } : undefined)

function urlFaults(raw: unknown): Fault[] {
  const url = typeof raw === 'object' && raw !== null && 'url' in raw ? raw.url : undefined
  if (typeof url !== 'string' || !URL.canParse(url)) return []
  const message = refuseUrl(new URL(url))
  return message === null ? [] : [{ path: 'url', code: 'address_refused', message }]
}

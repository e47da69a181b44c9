import { abortUpload, completeUpload, multipartUpload, presignPut } from '@upload24/contract'
import type { App } from '../app.ts'
import { Answered, type Binding, bind } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { readDescription } from '../uploads/description.ts'
import { findTargetAccounts } from '../uploads/queries.ts'
import { locationOf } from '../uploads/routes.ts'
import { abort, complete } from './finish.ts'
import { startMultipart, startPut } from './start.ts'

export function sessionRoutes(binding: Binding, app: App, platforms: Platforms): void {
  const readerFor = (caller: Caller) => ({
    platforms,
    caller,
    now: new Date(),
    findAccounts: (ids: readonly string[]) => findTargetAccounts(app.database.db, caller.tenantId, ids)
  })

  bind(binding, presignPut, async ({ caller, body: raw, request }) => {
    const { description, body } = await readDescription(readerFor(caller), presignPut.body.shape, raw, mediaOf)
    return startPut(app, caller, { ...body, description }, request.idempotent)
  })

  bind(binding, multipartUpload, async ({ caller, body: raw, request }) => {
    const { description, body } = await readDescription(readerFor(caller), multipartUpload.body.shape, raw, mediaOf)
    return startMultipart(app, caller, { ...body, description }, body.partSize, request.idempotent)
  })

  bind(binding, completeUpload, async ({ caller, body, request, reply }) => {
    const { isNew, status } = await complete(app, caller, body.sessionToken, body.parts, request.idempotent, made =>
      reply.header('location', locationOf(made.uploadId))
    )
    return new Answered(isNew ? 201 : 200, status)
  })

  bind(binding, abortUpload, ({ caller, body }) => abort(app, caller, body.sessionToken))
}

const mediaOf = (valid: { fileSize?: number | undefined; contentType?: string | undefined }) =>
  valid.fileSize === undefined || valid.contentType === undefined
    ? undefined
    : { bytes: valid.fileSize, contentType: valid.contentType }

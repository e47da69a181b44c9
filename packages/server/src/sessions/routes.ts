import {
  abortUpload,
  completeUpload,
  multipartUpload,
  presignPut,
  resumeUpload,
  type UploadStatus
} from '@upload24/contract'
import type { App } from '../app.ts'
import { Answered, type Binding, bind } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { readDescription } from '../uploads/description.ts'
import { createReader } from '../uploads/reader.ts'
import { locationOf } from '../uploads/routes.ts'
import { complete } from './complete.ts'
import { abort } from './end.ts'
import { resume } from './resume.ts'
import { startMultipart, startPut } from './start.ts'

export function sessionRoutes(binding: Binding, app: App, platforms: Platforms): void {
  const readerFor = (caller: Caller) => createReader(app, platforms, caller, new Date())

  bind(binding, presignPut, async ({ caller, body: raw, request }) => {
    const { description, body } = await readDescription(readerFor(caller), presignPut.body.shape, raw, mediaOf)
    return startPut(app, caller, { ...body, description }, request.idempotent)
  })

  bind(binding, multipartUpload, async ({ caller, body: raw, request }) => {
    const { description, body } = await readDescription(readerFor(caller), multipartUpload.body.shape, raw, mediaOf)
    return startMultipart(app, caller, { ...body, description }, body.partSize, request.idempotent)
  })

  bind(binding, completeUpload, async ({ caller, body, request, reply }) => {
    const onMade = (made: UploadStatus) => reply.header('location', locationOf(made.uploadId))
    const wish = { token: body.sessionToken, parts: body.parts, idempotent: request.idempotent, onMade }
    const { isNew, status } = await complete(app, platforms, caller, wish)
    return new Answered(isNew ? 201 : 200, status)
  })

  bind(binding, resumeUpload, ({ caller, body }) => resume(app, caller, body.sessionToken))

  bind(binding, abortUpload, ({ caller, body }) => abort(app, caller, body.sessionToken))
}

const mediaOf = (valid: { fileSize?: number | undefined; contentType?: string | undefined }) =>
  valid.fileSize === undefined || valid.contentType === undefined
    ? undefined
    : { bytes: valid.fileSize, contentType: valid.contentType }

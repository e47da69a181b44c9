import { description, type Fault, formUpload, MAX_FILE_BYTES, uploadStatus } from '@upload24/contract'
import type { FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import { type Form, type FormFile, readForm } from '../http/form.ts'
import { fieldsToObject, type KindOf } from '../http/form-fields.ts'
import { problem } from '../http/problem.ts'
import { requireShallow, unstorableText } from '../http/validation.ts'
import { fingerprintOf } from '../idempotency/fingerprint.ts'
import { newId } from '../lib/ids.ts'
import type { Probe } from '../media/measures.ts'
import { probe } from '../media/probe.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { reserveQuota } from '../quota/service.ts'
import { removeUnmade } from '../storage/remove-unmade.ts'
import { videoTypeOf } from './content-type.ts'
import { readDescription } from './description.ts'
import { formKinds } from './form-kinds.ts'
import { factsOf, noVideo } from './preflight.ts'
import { hasFile } from './queries.ts'
import { createReader, type Reader } from './reader.ts'
import { createUpload, readStatus, requireActive, requireUpload } from './service.ts'

export function uploadRoutes(binding: Binding, app: App, platforms: Platforms): void {
  const kindOf = formKinds(platforms.connectors)

  bind(binding, formUpload, async ({ caller, request, reply }) => {
    const fileId = newId()
    const key = `${caller.tenantId}/${fileId}`
    requireForm(request)
    // A time that passes while the bytes move means now, and one that is too far ahead does not come nearer.
    const now = new Date()
    const form = await readForm(request, {
      storage: app.storage,
      key,
      maxFileBytes: MAX_FILE_BYTES,
      digest: request.idempotent !== undefined
    })
    try {
      const raw = readFields(form, kindOf)
      await request.idempotent?.compare(fingerprintOf(formUpload, caller, [raw, form.file?.stored.sha256 ?? null]))
      const read = await readFormUpload(app, createReader(app, platforms, caller, now), raw, form)
      const made = await app.database.db.transaction().execute(async trx => {
        await requireActive(trx, caller.tenantId, read.description.targets)
        const quotaMonth = await reserveQuota(app, trx, caller.tenantId, read.description.targets.length)
        const file = { fileId, ...read.file }
        const made = await createUpload(trx, caller.tenantId, { description: read.description, file, quotaMonth })
        reply.header('location', locationOf(made.status.uploadId))
        await request.idempotent?.keep(trx, 201, made.status)
        return made
      })
      return made.status
    } catch (error) {
      await removeUnmade(app.storage, key, error, () => hasFile(app.database.db, caller.tenantId, fileId))
      throw error
    }
  })

  bind(binding, uploadStatus, async ({ caller, params }) =>
    readStatus(app.database.db, caller.tenantId, await requireUpload(app, caller, params.uploadId))
  )
}

export const locationOf = (uploadId: string): string => `/api/upload/${uploadId}/status`

function requireForm(request: FastifyRequest): void {
  if (/^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '')) return
  throw problem(
    'unsupported_media_type',
    'This route takes multipart/form-data. For JSON use presign-put or multipart.'
  )
}

function readFields({ fields }: Form, kindOf: KindOf) {
  try {
    const raw = fieldsToObject(fields, kindOf)
    requireShallow(raw, 'malformed_form')
    return raw
  } catch (error) {
    // JSON that is nested thousands of levels deep ends the stack of its own parser.
    throw error instanceof RangeError ? problem('malformed_form', 'A field is nested too deeply.') : error
  }
}

/** The file's faults beside those of the fields, and what the targets refuse: all of them at once. */
async function readFormUpload(app: App, reader: Reader, raw: unknown, form: Form) {
  const { file } = form
  const found = file && (await probe(app.storage, file.stored))
  const contentType = file && videoTypeOf(file.contentType, file.name, found?.media?.container)
  const media =
    file && contentType && found?.media ? factsOf({ bytes: file.stored.bytes, contentType }, found.media) : undefined
  const faults = [...fileFaults(file, found, contentType), ...unstorableText(file?.name, ['file', 'name'])]
  const { description: accepted } = await readDescription(reader, description, raw, () => media, faults)
  if (!file || !contentType || !found?.media) throw new Error('a file with faults was accepted')
  const { key: storageKey, etag, bytes } = file.stored
  const name = shorten(file.name) || 'video'
  return { description: accepted, file: { storageKey, etag, bytes, name, contentType, media: found.media } }
}

function fileFaults(file: FormFile | null, found: Probe | null, contentType: string | null): Fault[] {
  if (!file || !found) {
    return [{ path: 'file', code: 'required', message: 'is required: exactly one file, in the field "file"' }]
  }
  if (!found.media) return [noVideo(found)]
  if (contentType) return []
  const how = 'send it as what it is, as in -F "file=@video.mp4;type=video/mp4"'
  return [
    { path: 'file', code: 'not_a_video', message: `was sent as ${file.contentType}, which is no video type; ${how}` }
  ]
}

/** To 255 code points: half a surrogate pair is no text. */
const shorten = (name: string) => [...name].slice(0, 255).join('')

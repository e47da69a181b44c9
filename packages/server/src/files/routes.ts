import { type Fault, MAX_CAPTIONS_BYTES, MAX_PICTURE_BYTES, uploadFile } from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import { type FormFile, readForm } from '../http/form.ts'
import { problem } from '../http/problem.ts'
import { refuse, refuseFaults, unknownField, unstorableText } from '../http/validation.ts'
import { fingerprintOf } from '../idempotency/fingerprint.ts'
import { newId, publicId } from '../lib/ids.ts'
import { lookAt } from '../media/looks.ts'
import { removeUnmade } from '../storage/remove-unmade.ts'
import type { Storage } from '../storage/storage.ts'
import { hasFile, insertFile } from '../uploads/queries.ts'
import { HEAD_BYTES, readAttachment } from './attachment.ts'

export function fileRoutes(binding: Binding, app: App): void {
  bind(binding, uploadFile, async ({ caller, request }) => {
    const { db } = app.database
    const id = newId()
    const storageKey = `${caller.tenantId}/${id}`
    const { storage } = app
    const digest = request.idempotent !== undefined
    const form = await readForm(request, { storage, key: storageKey, maxFileBytes: MAX_CAPTIONS_BYTES, digest })
    try {
      const { file, fields } = form
      const given = [fields.map(({ name, value }) => [name, value]), file?.name ?? null, file?.stored.sha256 ?? null]
      await request.idempotent?.compare(fingerprintOf(uploadFile, caller, given))
      const faults = [
        ...fields.map(({ name }) => unknownField([name], ['file'])),
        ...unstorableText(file?.name, ['file', 'name'])
      ]
      if (!file) refuse([...faults, noFile], faults.length > 0 ? 'validation_failed' : 'file_invalid')
      refuseFaults(faults)
      const { name, stored, contentType } = await identify(storage, file)
      return await db.transaction().execute(async trx => {
        const { etag, bytes } = stored
        await insertFile(trx, caller.tenantId, { id, storageKey, etag, bytes, name, contentType })
        const body = { fileId: publicId('file', id), name, size: bytes, contentType }
        await request.idempotent?.keep(trx, 201, body)
        return body
      })
    } catch (error) {
      await removeUnmade(storage, storageKey, error, () => hasFile(db, caller.tenantId, id))
      throw error
    }
  })
}

/** By its content: what a client calls a file is often wrong. */
async function identify(storage: Storage, file: FormFile) {
  const { stored } = file
  const chunks: Buffer[] = []
  const head = await storage.read(stored, 0, Math.min(HEAD_BYTES, stored.bytes))
  for await (const chunk of head) chunks.push(chunk as Buffer)
  const bytes = Buffer.concat(chunks)
  const found = readAttachment(bytes)
  if (!found) refuse([noAttachment(bytes)], 'file_invalid')
  if (found.kind === 'picture' && stored.bytes > MAX_PICTURE_BYTES) {
    throw problem('too_large', `A picture may have at most ${MAX_PICTURE_BYTES} bytes; this one has ${stored.bytes}.`)
  }
  const name = [...file.name].slice(0, 255).join('') || found.kind
  return { name, stored, contentType: found.contentType }
}

const noFile: Fault = {
  path: 'file',
  code: 'required',
  message: 'is required: exactly one file, in the field "file"'
}

const noAttachment = (bytes: Uint8Array): Fault => ({
  path: 'file',
  code: 'not_an_attachment',
  message: `looks like ${lookAt(bytes).looksLike}; send a JPEG or PNG picture, or captions as SRT, WebVTT, SBV or TTML in UTF-8`
})

import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id } from './words.ts'

const MiB = 2 ** 20
export const MAX_PICTURE_BYTES = 50 * MiB
export const MAX_CAPTIONS_BYTES = 100 * MiB

export const uploadFile = endpoint({
  id: 'uploadFile',
  method: 'POST',
  path: '/api/files',
  tag: 'Uploads',
  summary: 'Upload a picture or captions',
  description:
    'Keeps a thumbnail or a caption file that the options of a platform name by its fileId. What no upload names within 24 hours is removed.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({}),
  form: { file: 'Exactly one: JPEG or PNG up to 50 MiB, or SRT, WebVTT, SBV or TTML up to 100 MiB.', types: '*/*' },
  idempotency: 'plain',
  status: 201,
  reply: z.object({
    fileId: id('file'),
    name: z.string(),
    size: z.int(),
    contentType: z.string().meta({ description: 'By its content, whatever it was sent as.', examples: ['image/png'] })
  }),
  problems: ['malformed_form', 'validation_failed', 'file_invalid', 'too_large', 'no_room']
})

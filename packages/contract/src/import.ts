import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { description, presignPut } from './uploads.ts'
import { id, time } from './words.ts'

const { fileName, contentType } = presignPut.body.shape

const importId = id('import')

export const importUpload = endpoint({
  id: 'importUpload',
  method: 'POST',
  path: '/api/upload/import',
  tag: 'Uploads',
  summary: 'Import from an address',
  description:
    'The server fetches the video itself and then makes the upload as complete does. The description is checked and the quota reserved at once; whatever ends the import without an upload gives it back. Abort it with its sessionToken.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({
    ...description,
    url: z
      .string()
      .max(8192)
      .refine(value => URL.canParse(value), 'must be a whole address, such as https://example.com/video.mp4')
      .meta({
        description:
          'A public http or https address, on port 80, 443, 8080 or 8443, that answers with the file itself. At most five redirects are followed.',
        examples: ['https://example.com/video.mp4']
      }),
    fileName: fileName.optional().meta({ description: 'Absent: as the server or the address names it.' }),
    contentType: contentType.optional().meta({ description: 'Absent: as the server tells, or by the file.' })
  }),
  platformOptions: true,
  idempotency: 'sealed',
  status: 202,
  reply: z.object({
    importId,
    sessionToken: z.string().meta({ description: 'Aborts the import. Keep it secret.' }),
    fileId: id('file'),
    status: z.literal('waiting'),
    expiresAt: time
  }),
  problems: ['validation_failed', 'target_refused', 'quota_exceeded']
})

export const importStates = ['waiting', 'fetching', 'completed', 'failed', 'aborted', 'expired'] as const

export const importStatus = endpoint({
  id: 'importStatus',
  method: 'GET',
  path: '/api/upload/import/{importId}',
  tag: 'Uploads',
  summary: 'Fetch import status',
  description: 'How far the server is with fetching the file, which upload came of it, or why none did.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'upload:read' },
  params: z.object({ importId }),
  status: 200,
  reply: z.object({
    importId,
    fileId: id('file'),
    status: z.enum(importStates),
    progress: z.object({
      bytesReceived: z.int(),
      bytesTotal: z.int().nullable().meta({ description: 'null: the other server did not tell.' })
    }),
    attempts: z.int().meta({ description: 'Requests to the other server, redirects not counted.' }),
    uploadId: id('upload').nullable(),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    errors: z
      .array(z.looseObject({ path: z.string(), code: z.string(), message: z.string() }))
      .meta({ description: 'Which accounts refuse the file, and why, where that ended it.' }),
    createdAt: time,
    expiresAt: time
  }),
  problems: ['not_found']
})

import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, time } from './words.ts'

const ETag = z.string().meta({ description: 'As the PUT was answered: what complete wants.' })

export const resumeUpload = endpoint({
  id: 'resumeUpload',
  method: 'POST',
  path: '/api/upload/resume',
  tag: 'Uploads',
  summary: 'Resume upload session',
  description:
    'Tells what has arrived, and gives fresh addresses for what has not, at any time until the session ends. Changes nothing: addresses that were given before stay valid.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({ sessionToken: z.string().min(1).max(200) }),
  status: 200,
  reply: z.object({
    kind: z.enum(['put', 'multipart']),
    fileId: id('file'),
    fileSize: z.int(),
    received: z.boolean().meta({ description: 'Everything is there: complete the session.' }),
    partSize: z.int().optional().meta({ description: 'Of multipart sessions.' }),
    parts: z
      .array(
        z.object({
          partNumber: z.int(),
          size: z.int(),
          received: z.boolean(),
          eTag: ETag.optional(),
          uploadUrl: z.string().optional().meta({ description: 'Where it has not arrived: PUT it there.' })
        })
      )
      .meta({ description: 'Empty for single-put sessions.' }),
    uploadUrl: z.string().optional().meta({ description: 'Of single-put sessions whose file has not arrived.' }),
    method: z.literal('PUT').optional(),
    headers: z.record(z.string(), z.string()).optional(),
    expiresAt: time
  }),
  problems: ['validation_failed', 'not_found', 'session_completed', 'session_aborted', 'session_expired']
})

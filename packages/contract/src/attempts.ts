import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, time } from './words.ts'

export const attemptKinds = ['call', 'waits', 'ended', 'canceled', 'retried', 'resolved', 'consent'] as const

export const Attempt = z.object({
  at: time.meta({ description: 'When it began.' }),
  kind: z.enum(attemptKinds).meta({
    description:
      '`call`: the platform was asked. `waits`, `ended`: it was not, and `code` says why. `canceled`, `retried`, `resolved`: somebody decided. `consent`: what was declared by sending the post.'
  }),
  accountId: id('account'),
  followUp: z.string().nullable().meta({ description: 'What is done once the post exists. null: the post itself.' }),
  call: z
    .enum(['prepare', 'send', 'commit', 'check', 'renew'])
    .nullable()
    .meta({ description: 'Open an upload, send bytes, publish, ask, renew the sign-in.' }),
  method: z.string().nullable(),
  host: z.string().nullable(),
  path: z.string().nullable().meta({ description: 'Whatever may be a secret is `***`.' }),
  status: z.int().nullable().meta({ description: "The platform's HTTP status. null: no answer came." }),
  requestId: z.string().nullable().meta({ description: "The platform's own id of the request, for its support." }),
  durationMs: z.int().nullable(),
  bytes: z.int().nullable().meta({ description: 'Of the file, in this request.' }),
  verdict: z.enum(['answered', 'refused', 'lost', 'began']).nullable().meta({
    description:
      '`lost`: it is not known whether it worked, so that the platform is asked before anything is sent again. `began`: the same, since the process stopped meanwhile.'
  }),
  code: z.string().nullable(),
  message: z.string().nullable().meta({ description: 'What came of it, in plain words.' }),
  by: z.string().nullable().meta({ description: 'Who decided or declared it: `user_…` or `key_…`.' })
})
export type Attempt = z.infer<typeof Attempt>

export const uploadAttempts = endpoint({
  id: 'uploadAttempts',
  method: 'GET',
  path: '/api/upload/{uploadId}/attempts',
  tag: 'Uploads',
  summary: 'Read the journal of an upload',
  description:
    'What was asked of each platform and what came of it, and what people decided, oldest first. About 200 requests are kept for each target: chunks that were taken go first.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'upload:read' },
  params: z.object({ uploadId: id('upload') }),
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(200).default(100),
    cursor: z.string().max(200).optional(),
    accountId: id('account').optional()
  }),
  status: 200,
  reply: z.object({ items: z.array(Attempt), nextCursor: z.string().nullable() }),
  problems: ['validation_failed', 'not_found']
})

import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { statuses, UploadStatus } from './status.ts'
import { codePoints, id, text, time } from './words.ts'

/** 2 GiB. */
export const MAX_FILE_BYTES = 2_147_483_648
export const MAX_ACCOUNTS = 100
const MiB = 2 ** 20

/** Overrides for one account; the platform's own options are further fields, checked against its schema. */
export const AccountOverride = z.looseObject({
  title: text(2200).optional(),
  description: z.string().trim().optional()
})

/** One description of an upload, whatever brings the bytes. Options of each platform come beside these fields. */
export const description = {
  title: text(2200).meta({
    description: 'The text of the post on every platform.',
    examples: ['Spring launch teaser']
  }),
  accounts: z
    .array(id('account'))
    .min(1, 'needs at least one account')
    .max(MAX_ACCOUNTS, `may name at most ${MAX_ACCOUNTS} accounts`)
    .meta({ description: 'Linked, active accounts of this workspace. Repeats are dropped.' }),
  description: z
    .string()
    .trim()
    .refine(value => codePoints(value) <= 5000, 'may have at most 5000 characters')
    .optional()
    .meta({ maxLength: 5000 }),
  scheduledOn: z
    .string()
    .optional()
    .meta({
      description:
        'Later than now, at most 365 days ahead. RFC 3339 with an offset, or local time together with timezone. Absent: now.',
      examples: ['2027-04-18T09:30:00Z']
    }),
  timezone: z
    .string()
    .optional()
    .meta({ description: 'IANA name, such as Europe/Berlin, for a local scheduledOn.', examples: ['Europe/Berlin'] }),
  accountOptions: z
    .record(z.string(), AccountOverride)
    .optional()
    .meta({ description: 'Overrides for single accounts, by account id.' })
}

const announced = {
  fileName: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(255)
    .meta({ examples: ['video.mp4'] }),
  fileSize: z
    .int()
    .min(1, 'must be at least 1 byte')
    .max(MAX_FILE_BYTES, `may be at most ${MAX_FILE_BYTES} bytes (2 GiB)`)
    .meta({ description: 'Exact size in bytes.', examples: [734_003_200] }),
  contentType: z
    .string()
    .max(100)
    .regex(/^video\/[\w.+-]+$/i, 'must be a video type, such as video/mp4')
    .toLowerCase()
    .meta({ examples: ['video/mp4'] })
}

const started = {
  sessionToken: z.string().meta({ description: 'Names the session in complete and abort. Keep it secret.' }),
  fileId: id('file')
}

export const formUpload = endpoint({
  id: 'formUpload',
  method: 'POST',
  path: '/api/upload',
  tag: 'Uploads',
  summary: 'Direct form upload',
  description: 'Uploads the description and the file in one request. The file goes in the field `file`.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject(description),
  form: { file: 'Exactly one video, 1 byte to 2 GiB.', types: 'video/*, application/octet-stream' },
  platformOptions: true,
  idempotency: 'plain',
  status: 201,
  reply: UploadStatus,
  problems: [
    'malformed_form',
    'validation_failed',
    'file_invalid',
    'target_refused',
    'too_large',
    'quota_exceeded',
    'no_room'
  ]
})

export const presignPut = endpoint({
  id: 'presignPut',
  method: 'POST',
  path: '/api/upload/presign-put',
  tag: 'Uploads',
  summary: 'Create single-put upload session',
  description: 'PUT the file to uploadUrl with the given headers, then complete the session.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({ ...description, ...announced }),
  platformOptions: true,
  idempotency: 'sealed',
  status: 201,
  reply: z.object({
    ...started,
    uploadUrl: z.string(),
    method: z.literal('PUT'),
    headers: z.record(z.string(), z.string()),
    expiresAt: time
  }),
  problems: ['validation_failed', 'target_refused', 'quota_exceeded']
})

export const multipartUpload = endpoint({
  id: 'multipartUpload',
  method: 'POST',
  path: '/api/upload/multipart',
  tag: 'Uploads',
  summary: 'Create multipart upload session',
  description:
    'PUT each part to its address, keep the ETag of each answer, then complete the session with all of them.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({
    ...description,
    ...announced,
    partSize: z
      .int()
      .min(5 * MiB, 'must be at least 5 MiB')
      .max(512 * MiB, 'may be at most 512 MiB')
      .optional()
  }),
  platformOptions: true,
  idempotency: 'sealed',
  status: 201,
  reply: z.object({
    ...started,
    partSize: z.int(),
    parts: z.array(z.object({ partNumber: z.int(), uploadUrl: z.string(), size: z.int() })),
    expiresAt: time
  }),
  problems: ['validation_failed', 'target_refused', 'quota_exceeded']
})

const ETag = z.string().min(1).max(200)
const Part = z
  .strictObject({
    partNumber: z.int().min(1).max(10_000),
    eTag: ETag.optional(),
    etag: ETag.optional(),
    ETag: ETag.optional()
  })
  .refine(part => (part.eTag ?? part.etag ?? part.ETag) !== undefined, { path: ['eTag'], error: 'is required' })
  .transform(part => ({ partNumber: part.partNumber, eTag: (part.eTag ?? part.etag ?? part.ETag) as string }))

export const completeUpload = endpoint({
  id: 'completeUpload',
  method: 'POST',
  path: '/api/upload/complete',
  tag: 'Uploads',
  summary: 'Complete upload session',
  description:
    'Freezes the bytes and creates the upload. parts is empty for the single-put flow. Repeating it answers 200 with the same upload.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({ sessionToken: z.string().min(1).max(200), parts: z.array(Part).max(10_000).default([]) }),
  idempotency: 'plain',
  status: 201,
  reply: UploadStatus,
  problems: [
    'validation_failed',
    'not_found',
    'object_missing',
    'file_size_mismatch',
    'invalid_parts',
    'session_expired',
    'session_aborted',
    'target_refused',
    'file_invalid'
  ]
})

export const abortUpload = endpoint({
  id: 'abortUpload',
  method: 'POST',
  path: '/api/upload/abort',
  tag: 'Uploads',
  summary: 'Abort upload session',
  description: 'Removes what was staged and gives the quota back. Repeatable; after completion 409.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({ sessionToken: z.string().min(1).max(200) }),
  status: 200,
  reply: z.object({ fileId: id('file'), status: z.literal('aborted') }),
  problems: ['validation_failed', 'not_found', 'session_completed', 'session_expired']
})

export const uploadStatus = endpoint({
  id: 'uploadStatus',
  method: 'GET',
  path: '/api/upload/{uploadId}/status',
  tag: 'Uploads',
  summary: 'Fetch upload status',
  description: 'The aggregate status, and where the delivery to each account stands.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'upload:read' },
  params: z.object({ uploadId: id('upload') }),
  status: 200,
  reply: UploadStatus,
  problems: ['not_found']
})

export const listUploads = endpoint({
  id: 'listUploads',
  method: 'GET',
  path: '/uploads',
  tag: 'Uploads',
  summary: 'List uploads',
  description: 'The history of the workspace, newest first.',
  access: { who: 'bearer', role: 'viewer' },
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(100).default(20),
    cursor: z.string().max(200).optional(),
    status: z.enum(statuses).optional(),
    accountId: id('account').optional(),
    platform: z.string().max(40).optional(),
    from: z.iso.datetime({ offset: true }).optional().meta({ description: 'Created at or after.' }),
    to: z.iso.datetime({ offset: true }).optional().meta({ description: 'Created before.' }),
    q: z.string().trim().max(200).optional().meta({ description: 'Part of the title.' }),
    attention: z
      .enum(['true', 'false'])
      .optional()
      .meta({ description: 'Only those that need a hand, or only the others.' })
  }),
  status: 200,
  reply: z.object({ items: z.array(UploadStatus), nextCursor: z.string().nullable() }),
  problems: ['validation_failed']
})

export const quota = endpoint({
  id: 'quota',
  method: 'GET',
  path: '/quota',
  tag: 'Uploads',
  summary: 'Read the quota of this month',
  description: 'Charged per target account. Calendar months in UTC.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'upload:read' },
  status: 200,
  reply: z.object({
    limit: z.int().nullable().meta({ description: 'null: unlimited.' }),
    used: z.int(),
    reserved: z.int(),
    remaining: z.int().nullable(),
    resetsAt: time
  }),
  problems: []
})

import { z } from 'zod'
import { id, time } from './words.ts'

/** The public words, for an upload and for each of its accounts. `Canceled` only ever follows a user's own cancel. */
export const statuses = ['Scheduled', 'Processing', 'Uploaded', 'Failed', 'Canceled'] as const
export type PublicStatus = (typeof statuses)[number]

export const statusMeanings: Record<PublicStatus, string> = {
  Scheduled: 'Accepted, and waiting for its time.',
  Processing: 'Being dispatched, retried, or processed by the platform.',
  Uploaded: 'The platform confirmed the post.',
  Failed: 'At least one destination could not be reached: see errorCode and errorMessage of each account.',
  Canceled: 'Canceled by a user of the workspace before anything was published.'
}

export const Adjustment = z.object({
  field: z.string(),
  rule: z.string(),
  limit: z.union([z.number(), z.string()]).optional(),
  applied: z.union([z.string(), z.boolean()]).meta({ description: 'What is sent in its place.' })
})

const Target = z.object({
  accountId: id('account'),
  platform: z.string(),
  sandbox: z.boolean(),
  displayName: z.string(),
  handle: z.string(),
  accountStatus: z.enum(['active', 'needs_relink', 'revoked']).meta({ description: 'Of the account, today.' }),
  status: z.enum(statuses),
  progress: z.object({
    phase: z.enum(['waiting', 'preparing', 'sending', 'processing', 'publishing', 'done']),
    bytesSent: z.int(),
    bytesTotal: z.int()
  }),
  attempts: z.int().meta({ description: 'Exchanges with the platform that were begun.' }),
  nextAttemptAt: time.nullable(),
  externalId: z.string().nullable(),
  externalUrl: z.string().nullable(),
  publishedAt: time.nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  adjustments: z.array(Adjustment),
  followUps: z.array(
    z.object({
      name: z.string(),
      status: z.enum(statuses),
      errorCode: z.string().nullable(),
      errorMessage: z.string().nullable()
    })
  )
})

export const UploadStatus = z
  .object({
    uploadId: id('upload'),
    title: z.string(),
    status: z.enum(statuses),
    scheduledOn: time.nullable(),
    timezone: z.string().nullable(),
    createdAt: time,
    updatedAt: time,
    createdBy: z.string().nullable().meta({ description: 'Who sent it: `user_…` or `key_…`. null: not known.' }),
    needsAttention: z.boolean().meta({
      description:
        'It failed somewhere and nobody dismissed that, or an account that it waits for must be linked again.'
    }),
    file: z.object({
      fileId: id('file'),
      name: z.string(),
      size: z.int(),
      contentType: z.string(),
      durationSeconds: z.number().nullable(),
      width: z.int().nullable(),
      height: z.int().nullable()
    }),
    accounts: z.array(Target)
  })
  .meta({ id: 'UploadStatus' })
export type UploadStatus = z.infer<typeof UploadStatus>

import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { statuses, UploadStatus } from './status.ts'
import { id } from './words.ts'

/** Days that a calendar may span. */
export const MAX_CALENDAR_DAYS = 366
/** Counts stop here. */
export const COUNT_MAX = 1000

export const uploadCalendar = endpoint({
  id: 'uploadCalendar',
  method: 'GET',
  path: '/uploads/calendar',
  tag: 'Uploads',
  summary: 'List uploads by their time',
  description: `What is published between two times, or was sent then to be published at once: by scheduledOn, else createdAt, earliest first. At most ${MAX_CALENDAR_DAYS} days.`,
  access: { who: 'bearer', role: 'viewer' },
  query: z.strictObject({
    from: z.iso.datetime({ offset: true }).meta({ description: 'At or after.', examples: ['2026-11-01T00:00:00Z'] }),
    to: z.iso.datetime({ offset: true }).meta({ description: 'Before.', examples: ['2026-12-01T00:00:00Z'] }),
    limit: z.coerce.number().int().min(1).max(200).default(100),
    cursor: z.string().max(200).optional(),
    status: z.enum(statuses).optional(),
    accountId: id('account').optional(),
    platform: z.string().max(40).optional(),
    q: z.string().trim().max(200).optional().meta({ description: 'Part of the title.' })
  }),
  status: 200,
  reply: z.object({ items: z.array(UploadStatus), nextCursor: z.string().nullable() }),
  problems: ['validation_failed']
})

const count = z.int().meta({ description: `${COUNT_MAX}: so many, or more.` })

export const uploadSummary = endpoint({
  id: 'uploadSummary',
  method: 'GET',
  path: '/uploads/summary',
  tag: 'Uploads',
  summary: 'Count what goes out and what needs a hand',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({
    goingOut: count.meta({ description: 'Uploads that are being published now.' }),
    nextSevenDays: count.meta({ description: 'Uploads that are scheduled within the next seven days.' }),
    needsAttention: count.meta({ description: 'Uploads that need a hand: GET /uploads?attention=true lists them.' }),
    accounts: z.object({ active: z.int(), needsRelink: z.int() }),
    hasUploads: z.boolean().meta({ description: 'false: nothing was sent yet, or all was deleted.' })
  }),
  problems: []
})

export const dismissUpload = endpoint({
  id: 'dismissUpload',
  method: 'POST',
  path: '/api/upload/{uploadId}/dismiss',
  tag: 'Uploads',
  summary: 'Take note of what failed',
  description:
    'What failed so far needs no hand any more; it still reads Failed, and can be retried or resolved. What fails later needs one again.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  params: z.object({ uploadId: id('upload') }),
  status: 200,
  reply: UploadStatus,
  problems: ['not_found']
})

import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { statuses } from './status.ts'
import { id, time } from './words.ts'

export const eventMeanings = {
  'upload.created': 'An upload was accepted.',
  'upload.updated': 'Its title, time, options or status changed.',
  'upload.deleted': 'It was deleted.',
  'delivery.created': 'It has a target: one of its accounts, or something that follows the post.',
  'delivery.updated': 'What will be posted, or when, was changed.',
  'delivery.processing': 'A target started or goes on: its phase, its post or the reason for waiting changed.',
  'delivery.progress': 'The platform holds more bytes.',
  'delivery.uploaded': 'The platform confirmed the post.',
  'delivery.failed': 'A target failed, or its outcome is unknown.',
  'delivery.canceled': 'A target was canceled.',
  'account.linked': 'An account can publish.',
  'account.needs_relink': 'Its grant has ended: its owner must link it again.',
  'account.unlinked': 'It was unlinked.'
} as const

export type EventType = keyof typeof eventMeanings
/** Every type of event: ONE closed list. */
export const eventTypes = Object.keys(eventMeanings) as [EventType, ...EventType[]]

const head = { eventId: id('event'), type: z.enum(eventTypes), at: time }

export const UploadEvent = z.object({
  ...head,
  uploadId: id('upload'),
  title: z.string(),
  status: z.enum(statuses),
  scheduledOn: time.nullable()
})

export const DeliveryEvent = z.object({
  ...head,
  uploadId: id('upload'),
  accountId: id('account'),
  platform: z.string(),
  followUp: z.string().nullable().meta({ description: 'What is done once the post exists. null: the post itself.' }),
  status: z.enum(statuses),
  progress: z.object({
    phase: z.enum(['waiting', 'preparing', 'sending', 'processing', 'publishing', 'done']),
    bytesSent: z.int(),
    bytesTotal: z.int()
  }),
  attempts: z.int(),
  externalId: z.string().nullable(),
  externalUrl: z.string().nullable(),
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable()
})

export const AccountEvent = z.object({
  ...head,
  accountId: id('account'),
  platform: z.string(),
  sandbox: z.boolean(),
  displayName: z.string(),
  status: z.enum(['active', 'needs_relink', 'revoked'])
})

export const Event = z.union([UploadEvent, DeliveryEvent, AccountEvent])
export type Event = z.infer<typeof Event>

const isType = (name: string): name is EventType => Object.hasOwn(eventMeanings, name)

export const events = endpoint({
  id: 'events',
  method: 'GET',
  path: '/events',
  tag: 'Uploads',
  summary: 'Follow events',
  description:
    'Server-sent events of the workspace, each once and in order. `id` is a position: with it in `Last-Event-ID` a new request goes on after that event, with no gap and no repeat. Without it, from now on. It also comes alone, without `data`: at the start, and every 15 s in which there is no event; keep it too. Events are kept for 30 days.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'upload:read' },
  query: z.strictObject({
    types: z
      .string()
      .max(1000)
      .transform(text => [...new Set(text.split(',').map(name => name.trim()))])
      .refine(names => names.every(isType), `may name these, with commas between: ${eventTypes.join(', ')}`)
      .optional()
      .meta({ description: 'Only these, with commas between.', examples: ['delivery.uploaded,delivery.failed'] }),
    since: z.iso.datetime({ offset: true }).optional().meta({
      description: 'Begin with what happened at this time and after it, where there is no Last-Event-ID.'
    }),
    follow: z
      .enum(['true', 'false'])
      .default('true')
      .meta({ description: 'false: end when everything that is there was sent.' })
  }),
  status: 200,
  reply: Event,
  stream: true,
  problems: ['validation_failed', 'events_expired', 'too_many_streams']
})

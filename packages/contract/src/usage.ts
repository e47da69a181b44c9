import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id } from './words.ts'

const units = {
  used: z.int().meta({ description: 'Posts, and what may have become one.' }),
  reserved: z.int().meta({ description: 'Of uploads that are not over yet.' })
}

export const quotaUsage = endpoint({
  id: 'quotaUsage',
  method: 'GET',
  path: '/quota/usage',
  tag: 'Uploads',
  summary: 'Read what used the quota',
  description: 'Of a calendar month in UTC. A unit counts on the day on which it was taken.',
  access: { who: 'bearer', role: 'viewer' },
  query: z.strictObject({
    month: z
      .string()
      .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'must be a month, such as 2026-11')
      .optional()
      .meta({ description: 'Absent: this month.', examples: ['2026-11'] })
  }),
  status: 200,
  reply: z.object({
    month: z.string().meta({ examples: ['2026-11'] }),
    limit: z.int().nullable().meta({ description: 'As it is today. null: unlimited.' }),
    ...units,
    days: z
      .array(z.object({ date: z.string().meta({ examples: ['2026-11-22'] }), ...units }))
      .meta({ description: 'Every day of the month.' }),
    platforms: z.array(z.object({ platform: z.string(), ...units })),
    accounts: z
      .array(
        z.object({
          accountId: id('account'),
          platform: z.string(),
          sandbox: z.boolean(),
          displayName: z.string(),
          ...units
        })
      )
      .meta({ description: 'The 100 that took most, most first.' }),
    senders: z
      .array(
        z.object({
          by: z.string().nullable().meta({ description: '`user_…` or `key_…`. null: not known.' }),
          name: z.string().nullable(),
          ...units
        })
      )
      .meta({ description: 'The 100 people and keys that sent most, most first.' }),
    unlisted: z
      .object(units)
      .meta({ description: 'Of uploads that were deleted, and of sessions that are not completed yet.' }),
    months: z.array(z.object({ month: z.string(), ...units })).meta({ description: 'The last 12, latest first.' })
  }),
  problems: ['validation_failed']
})

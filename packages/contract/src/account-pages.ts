import { z } from 'zod'
import { Account, MediaRules, TextRule } from './accounts.ts'
import { endpoint } from './endpoint.ts'
import { id, time } from './words.ts'

export const accountHealth = endpoint({
  id: 'accountHealth',
  method: 'GET',
  path: '/accounts/health',
  tag: 'Accounts',
  summary: 'Read how the linked accounts do',
  description: 'Of the accounts that are not unlinked.',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({
    items: z.array(
      z.object({
        accountId: id('account'),
        auth: z.string().meta({ description: "The way in which it was linked, of its platform's `linking`." }),
        status: z.enum(['active', 'needs_relink']),
        since: time.meta({ description: 'Since when it has this status.' }),
        reason: z
          .object({ code: z.string(), message: z.string() })
          .nullable()
          .meta({ description: 'Why it must be linked again.' }),
        pause: z
          .object({ until: time, message: z.string() })
          .nullable()
          .meta({ description: 'Until when nothing is asked of the platform for this account, and why.' }),
        grant: z
          .object({ endsAt: time, renewsAt: time.nullable() })
          .nullable()
          .meta({ description: 'When the grant would end, and when it is renewed before. null: no end is known.' }),
        deliveries: z.object({
          processing: z.int().meta({ description: 'Up to 1000.' }),
          scheduled: z.int().meta({ description: 'Up to 1000.' })
        }),
        lastPost: z.object({ uploadId: id('upload'), externalUrl: z.string().nullable(), publishedAt: time }).nullable()
      })
    )
  }),
  problems: []
})

export const accountOptions = endpoint({
  id: 'accountOptions',
  method: 'GET',
  path: '/accounts/{id}/options',
  tag: 'Accounts',
  summary: "Read what an account's form needs",
  description:
    'What this account takes today, and for each option that it narrows: why it cannot be used, or which values it may have. Options that are not named are as the platform declares them.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'accounts:read' },
  params: z.object({ id: id('account') }),
  status: 200,
  reply: z.object({
    accountId: id('account'),
    platform: z.string(),
    media: MediaRules,
    title: TextRule,
    fields: z.record(
      z.string(),
      z.object({
        disabled: z.string().nullable().meta({ description: 'Why it cannot be used on this account.' }),
        choices: z.array(z.object({ value: z.string(), label: z.string() })).nullable(),
        error: z.string().nullable().meta({ description: 'Why the platform did not tell its choices.' })
      })
    )
  }),
  problems: ['not_found']
})

const params = z.object({ linkId: id('link') })

export const pendingLink = endpoint({
  id: 'pendingLink',
  method: 'GET',
  path: '/accounts/links/{linkId}',
  tag: 'Accounts',
  summary: 'List the accounts that a link brought',
  description:
    'After a link with `choose`, the browser comes back with `choose=<linkId>` when the grant brought several accounts. They wait for 15 minutes.',
  access: { who: 'bearer', role: 'admin' },
  params,
  status: 200,
  reply: z.object({
    linkId: id('link'),
    platform: z.string(),
    sandbox: z.boolean(),
    expiresAt: time,
    items: z.array(
      z.object({
        choiceId: z.string(),
        displayName: z.string(),
        handle: z.string(),
        avatarUrl: z.string().nullable(),
        accountId: id('account').nullable().meta({ description: 'It is linked to this workspace already.' })
      })
    )
  }),
  problems: ['not_found']
})

export const adoptAccounts = endpoint({
  id: 'adoptAccounts',
  method: 'POST',
  path: '/accounts/links/{linkId}',
  tag: 'Accounts',
  summary: 'Link the chosen accounts',
  description: 'Works once. The accounts that are not chosen are forgotten.',
  access: { who: 'bearer', role: 'admin' },
  params,
  body: z.strictObject({ choices: z.array(z.string().max(300)).min(1, 'must name an account').max(500) }),
  idempotency: 'plain',
  status: 201,
  reply: z.object({ items: z.array(Account) }),
  problems: ['validation_failed', 'not_found']
})

import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, time } from './words.ts'

const JsonSchema = z.record(z.string(), z.unknown()).meta({ description: 'A JSON Schema.' })

const Account = z
  .object({
    accountId: id('account'),
    platform: z.string(),
    sandbox: z.boolean(),
    displayName: z.string(),
    handle: z.string(),
    avatarUrl: z.string().nullable(),
    status: z.enum(['active', 'needs_relink', 'revoked']),
    linkedAt: time,
    scopes: z.array(z.string())
  })
  .meta({ id: 'Account' })
export type Account = z.infer<typeof Account>

export const listPlatforms = endpoint({
  id: 'listPlatforms',
  method: 'GET',
  path: '/platforms',
  tag: 'Accounts',
  summary: 'List platforms',
  description: 'What each platform takes, its options as JSON Schema, and whether it can be linked here.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'accounts:read' },
  status: 200,
  reply: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        brand: z.object({ colour: z.string(), icon: z.string() }),
        linking: z.array(
          z.object({ auth: z.string(), kind: z.enum(['oauth2', 'form']), fields: JsonSchema.nullable() })
        ),
        isConfigured: z.boolean(),
        hasSandbox: z.boolean(),
        media: z.object({
          contentTypes: z.array(z.string()),
          maxBytes: z.number(),
          seconds: z.tuple([z.number(), z.number()]).nullable(),
          aspect: z.tuple([z.number(), z.number()]).nullable()
        }),
        title: z.object({ max: z.int(), unit: z.string() }),
        options: JsonSchema
      })
    )
  }),
  problems: []
})

export const linkAccount = endpoint({
  id: 'linkAccount',
  method: 'POST',
  path: '/accounts/link',
  tag: 'Accounts',
  summary: 'Begin to link an account',
  description:
    'Open authorizeUrl in a browser within ten minutes: it names the workspace and leads on to the platform.',
  access: { who: 'bearer', role: 'admin' },
  body: z.strictObject({
    platform: z.string().max(40),
    sandbox: z.boolean().default(false),
    auth: z.string().max(40).optional().meta({ description: 'Which way to sign in, where a platform has several.' }),
    returnTo: z
      .string()
      .max(2000)
      .optional()
      .meta({ description: 'Where the browser goes afterwards, on this origin.' })
  }),
  idempotency: 'sealed',
  status: 201,
  reply: z.union([z.object({ authorizeUrl: z.string(), expiresAt: time }), z.object({ fields: JsonSchema })]),
  problems: ['validation_failed', 'platform_unavailable']
})

export const connectAccount = endpoint({
  id: 'connectAccount',
  method: 'POST',
  path: '/accounts',
  tag: 'Accounts',
  summary: 'Link an account by its form',
  description: 'For platforms whose link answered with fields.',
  access: { who: 'bearer', role: 'admin' },
  body: z.strictObject({
    platform: z.string().max(40),
    sandbox: z.boolean().default(false),
    auth: z.string().max(40).optional(),
    fields: z.record(z.string(), z.unknown())
  }),
  idempotency: 'plain',
  status: 201,
  reply: z.object({ items: z.array(Account) }),
  problems: ['validation_failed', 'platform_unavailable', 'link_refused', 'platform_error']
})

export const listAccounts = endpoint({
  id: 'listAccounts',
  method: 'GET',
  path: '/accounts',
  tag: 'Accounts',
  summary: 'List linked accounts',
  access: { who: 'bearer or key', role: 'viewer', scope: 'accounts:read' },
  status: 200,
  reply: z.object({ items: z.array(Account) }),
  problems: []
})

export const unlinkAccount = endpoint({
  id: 'unlinkAccount',
  method: 'DELETE',
  path: '/accounts/{id}',
  tag: 'Accounts',
  summary: 'Unlink an account',
  description:
    'Forgets the grant, and revokes it at the platform unless another live account hangs on it. Deliveries that are not committed fail with account_unlinked.',
  access: { who: 'bearer', role: 'admin' },
  params: z.object({ id: id('account') }),
  status: 204,
  reply: z.undefined(),
  problems: ['not_found']
})

export const accountChoices = endpoint({
  id: 'accountChoices',
  method: 'GET',
  path: '/accounts/{id}/choices',
  tag: 'Accounts',
  summary: 'Read what only the account knows today',
  description: 'Playlists, boards, privacy levels: the values that an option may take on this account.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'accounts:read' },
  params: z.object({ id: id('account') }),
  query: z.strictObject({ field: z.string().min(1).max(80) }),
  status: 200,
  reply: z.object({ items: z.array(z.object({ value: z.string(), label: z.string() })) }),
  problems: ['validation_failed', 'not_found', 'platform_error']
})

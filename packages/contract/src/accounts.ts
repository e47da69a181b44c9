import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, time } from './words.ts'

const JsonSchema = z.record(z.string(), z.unknown()).meta({ description: 'A JSON Schema.' })

export const Account = z
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

const range = z.tuple([z.number(), z.number()]).nullable()
const names = z.array(z.string()).nullable()

/** What a platform takes, or one account of it. null: not limited, or not known. */
export const MediaRules = z
  .object({
    source: z.string().meta({ description: "The platform's page that says so." }),
    contentTypes: z.array(z.string()),
    containers: names,
    videoCodecs: names,
    audioCodecs: names,
    maxBytes: z.number(),
    seconds: range,
    width: range,
    height: range,
    aspect: range.meta({ description: 'Width ÷ height.' }),
    frameRate: range,
    audioChannels: range,
    audioSampleRate: range
  })
  .meta({ id: 'MediaRules' })

export const TextRule = z.object({
  max: z.int(),
  unit: z.string().meta({ description: 'What is counted: `utf16`, `bytes`, `graphemes` or `characters`.' })
})

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
          z.object({
            auth: z.string(),
            kind: z.enum(['oauth2', 'form']),
            fields: JsonSchema.nullable(),
            isConfigured: z.boolean().meta({ description: 'Real accounts can be linked this way.' }),
            variables: z.array(z.string()).meta({ description: 'What the operator sets for it.' })
          })
        ),
        isConfigured: z.boolean().meta({ description: 'Real accounts can be linked, in one way at least.' }),
        hasSandbox: z.boolean(),
        media: MediaRules,
        title: TextRule,
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
    auth: z.string().max(40).optional().meta({
      description: 'Which way to sign in, where a platform has several. Left out: the first that is set up.'
    }),
    returnTo: z
      .string()
      .max(2000)
      .optional()
      .meta({ description: 'Where the browser goes afterwards, on this origin.' }),
    choose: z.boolean().default(false).meta({
      description: 'When the grant brings several accounts: link none yet, and come back with `choose=<linkId>`.'
    })
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

import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, text, time } from './words.ts'

export const scopes = ['upload:write', 'upload:read', 'accounts:read'] as const

const KeySummary = z.object({
  id: id('key'),
  name: z.string().nullable(),
  prefix: z.string().meta({ description: 'The beginning of the key, enough to recognise it by.' }),
  scopes: z.array(z.enum(scopes)),
  accounts: z.array(id('account')).nullable().meta({ description: 'The accounts it may use; null means all.' }),
  createdAt: time,
  expiresAt: time.nullable(),
  lastUsedAt: time.nullable(),
  revokedAt: time.nullable(),
  createdBy: id('user').nullable().meta({ description: 'null: whoever made it is gone.' }),
  replacedBy: id('key').nullable().meta({ description: 'The key that rotation put in its place.' })
})
export type KeySummary = z.infer<typeof KeySummary>

const NewKey = KeySummary.omit({ lastUsedAt: true, revokedAt: true, createdBy: true, replacedBy: true }).extend({
  key: z.string().meta({ description: 'The whole key. It is in this answer and nowhere else.' })
})

export const generateKey = endpoint({
  id: 'generateKey',
  method: 'POST',
  path: '/api-keys/generate',
  tag: 'API keys',
  summary: 'Generate an API key',
  description: 'Creates a new key for the current workspace. The full key is returned only in this response.',
  access: { who: 'bearer', role: 'member' },
  body: z.strictObject({
    name: text(80)
      .optional()
      .meta({ examples: ['CI uploads'] }),
    scopes: z.array(z.enum(scopes)).min(1).optional().meta({ description: 'What it may do. Default: all.' }),
    expiresAt: z.iso.datetime({ offset: true }).optional(),
    accounts: z.array(id('account')).min(1).max(100).optional()
  }),
  idempotency: 'once',
  status: 201,
  reply: NewKey,
  problems: ['validation_failed', 'key_limit_reached', 'idempotency_no_replay']
})

export const listKeys = endpoint({
  id: 'listKeys',
  method: 'GET',
  path: '/api-keys',
  tag: 'API keys',
  summary: 'List API keys',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({ items: z.array(KeySummary) }),
  problems: []
})

export const revokeKey = endpoint({
  id: 'revokeKey',
  method: 'DELETE',
  path: '/api-keys/{id}',
  tag: 'API keys',
  summary: 'Revoke an API key',
  description: 'The key is dead at once, in every process.',
  access: { who: 'bearer', role: 'member' },
  params: z.object({ id: id('key') }),
  status: 204,
  reply: z.undefined(),
  problems: ['not_found']
})

export const rotateKey = endpoint({
  id: 'rotateKey',
  method: 'POST',
  path: '/api-keys/{id}/rotate',
  tag: 'API keys',
  summary: 'Replace an API key by a new one',
  description: 'The new key has the same name, scopes, accounts and expiry. The old one lives on for the overlap.',
  access: { who: 'bearer', role: 'member' },
  params: z.object({ id: id('key') }),
  body: z.strictObject({
    overlapSeconds: z.int().min(0).max(2_592_000).default(0).meta({ description: 'How long the old key still works.' })
  }),
  idempotency: 'once',
  status: 201,
  reply: NewKey,
  problems: ['not_found', 'key_limit_reached', 'idempotency_no_replay']
})

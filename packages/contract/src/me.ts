import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { newPassword, presentPassword, SignedIn, Tenant } from './people-words.ts'
import { id, text, time } from './words.ts'

const Me = z.object({
  user: z.object({ id: id('user'), email: z.string(), name: z.string(), hasTwoFactor: z.boolean() }),
  tenant: Tenant.meta({ description: 'The workspace of the token.' }),
  tenants: z.array(Tenant).meta({ description: 'Every workspace of the user: POST /auth/switch leads to another.' }),
  mayCreateWorkspaces: z.boolean()
})
export type Me = z.infer<typeof Me>

export const readMe = endpoint({
  id: 'readMe',
  method: 'GET',
  path: '/auth/me',
  tag: 'People',
  summary: 'Who is signed in, and in which workspaces',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: Me,
  problems: []
})

export const changeMe = endpoint({
  id: 'changeMe',
  method: 'PATCH',
  path: '/auth/me',
  tag: 'People',
  summary: 'Change your name',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ name: text(80) }),
  status: 200,
  reply: Me,
  problems: []
})

export const changePassword = endpoint({
  id: 'changePassword',
  method: 'POST',
  path: '/auth/password',
  tag: 'People',
  summary: 'Change your password',
  description: 'Every other session of yours ends; this one goes on with a new cookie and the token of the answer.',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ password: presentPassword, newPassword }),
  status: 200,
  reply: SignedIn,
  problems: ['rate_limited']
})

const Session = z.object({
  id: id('signin'),
  isCurrent: z.boolean(),
  createdAt: time,
  lastUsedAt: time.meta({ description: 'To the day.' }),
  expiresAt: time,
  userAgent: z.string().nullable(),
  address: z.string().nullable()
})
export type Session = z.infer<typeof Session>

export const listSessions = endpoint({
  id: 'listSessions',
  method: 'GET',
  path: '/auth/sessions',
  tag: 'People',
  summary: 'List where you are signed in',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({ items: z.array(Session) }),
  problems: []
})

export const endSession = endpoint({
  id: 'endSession',
  method: 'DELETE',
  path: '/auth/sessions/{sessionId}',
  tag: 'People',
  summary: 'End one of your sessions',
  description: 'Its access tokens end with it, at once.',
  access: { who: 'bearer', role: 'viewer' },
  params: z.object({ sessionId: id('signin') }),
  status: 204,
  reply: z.undefined(),
  problems: []
})

export const endSessions = endpoint({
  id: 'endSessions',
  method: 'DELETE',
  path: '/auth/sessions',
  tag: 'People',
  summary: 'Sign out everywhere',
  description: 'Every session of yours and its access tokens end; with `keep=current`, all but this one.',
  access: { who: 'bearer', role: 'viewer' },
  query: z.strictObject({ keep: z.literal('current').optional() }),
  status: 204,
  reply: z.undefined(),
  problems: []
})

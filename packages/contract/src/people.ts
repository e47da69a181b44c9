import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, text, time } from './words.ts'

export const roles = ['owner', 'admin', 'member', 'viewer'] as const

const email = z.email().max(254).trim().toLowerCase()
const password = z.string().min(10, 'must have at least 10 characters').max(128)

const SignedIn = z.object({
  accessToken: z.string().meta({ description: 'A JWT for Authorization: Bearer. It lives for 15 minutes.' }),
  expiresAt: time,
  user: z.object({ id: id('user'), email: z.string(), name: z.string() }),
  tenant: z.object({ id: id('tenant'), name: z.string(), role: z.enum(roles) })
})
export type SignedIn = z.infer<typeof SignedIn>

export const signUp = endpoint({
  id: 'signUp',
  method: 'POST',
  path: '/auth/sign-up',
  tag: 'People',
  summary: 'Create a user and a workspace',
  access: { who: 'anyone' },
  body: z.strictObject({ email, password, name: text(80), workspace: text(80) }),
  status: 201,
  reply: SignedIn,
  problems: ['validation_failed', 'sign_up_closed', 'email_taken', 'rate_limited']
})

export const signIn = endpoint({
  id: 'signIn',
  method: 'POST',
  path: '/auth/sign-in',
  tag: 'People',
  summary: 'Sign in',
  access: { who: 'anyone' },
  body: z.strictObject({ email, password: z.string().min(1).max(128) }),
  status: 200,
  reply: SignedIn,
  problems: ['validation_failed', 'invalid_credentials', 'rate_limited']
})

export const refresh = endpoint({
  id: 'refresh',
  method: 'POST',
  path: '/auth/refresh',
  tag: 'People',
  summary: 'Renew the access token',
  description: 'Authenticated by the httpOnly session cookie that sign-in set.',
  access: { who: 'anyone' },
  status: 200,
  reply: SignedIn,
  problems: ['unauthorized']
})

export const signOut = endpoint({
  id: 'signOut',
  method: 'POST',
  path: '/auth/sign-out',
  tag: 'People',
  summary: 'End the session of the cookie',
  access: { who: 'anyone' },
  status: 204,
  reply: z.undefined(),
  problems: []
})

export const switchTenant = endpoint({
  id: 'switchTenant',
  method: 'POST',
  path: '/auth/switch',
  tag: 'People',
  summary: 'Continue in another workspace of the same user',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ tenantId: id('tenant') }),
  status: 200,
  reply: SignedIn,
  problems: ['validation_failed', 'not_found']
})

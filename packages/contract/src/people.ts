import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { id, text, time } from './words.ts'

export const roles = ['owner', 'admin', 'member', 'viewer'] as const

const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('must be an e-mail address'))
  .meta({ format: 'email', examples: ['ada@example.com'] })
const password = z.string().min(10, 'must have at least 10 characters').max(128)
const invitation = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .meta({ description: "The token of an invitation's link: joins its workspace." })

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
  description: 'With an invitation, the user joins its workspace and `workspace` is left out.',
  access: { who: 'anyone' },
  body: z
    .strictObject({ email, password, name: text(80), workspace: text(80).optional(), invitation })
    .refine(body => body.workspace !== undefined || body.invitation !== undefined, {
      path: ['workspace'],
      error: 'is required without an invitation'
    })
    .refine(body => body.workspace === undefined || body.invitation === undefined, {
      path: ['workspace'],
      error: 'must be left out with an invitation, which names its workspace'
    }),
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
  body: z.strictObject({ email, password: z.string().min(1, 'must not be empty').max(128), invitation }),
  status: 200,
  reply: SignedIn,
  problems: ['validation_failed', 'invalid_credentials', 'sign_up_closed', 'rate_limited']
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
  problems: ['unauthorized', 'bad_request', 'sign_up_closed', 'rate_limited']
})

export const signOut = endpoint({
  id: 'signOut',
  method: 'POST',
  path: '/auth/sign-out',
  tag: 'People',
  summary: 'End the session of the cookie',
  description: 'Access tokens that were given out live on until they expire.',
  access: { who: 'anyone' },
  status: 204,
  reply: z.undefined(),
  problems: ['bad_request', 'rate_limited']
})

export const switchTenant = endpoint({
  id: 'switchTenant',
  method: 'POST',
  path: '/auth/switch',
  tag: 'People',
  summary: 'Continue in another workspace of the same user',
  description: 'With the session cookie, later refreshes stay in that workspace.',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ tenantId: id('tenant') }),
  status: 200,
  reply: SignedIn,
  problems: ['validation_failed', 'not_found']
})

export const forgotPassword = endpoint({
  id: 'forgotPassword',
  method: 'POST',
  path: '/auth/forgot',
  tag: 'People',
  summary: 'Mail a link for a new password',
  description: 'The answer is the same whether or not the address has an account.',
  access: { who: 'anyone' },
  body: z.strictObject({ email }),
  status: 202,
  reply: z.undefined(),
  problems: ['validation_failed', 'rate_limited']
})

export const resetPassword = endpoint({
  id: 'resetPassword',
  method: 'POST',
  path: '/auth/reset',
  tag: 'People',
  summary: 'Set a new password',
  description: 'With the token of the mailed link. Every session of the user ends.',
  access: { who: 'anyone' },
  body: z.strictObject({ token: z.string().regex(/^[\w-]{1,200}$/, 'must be the token of the mailed link'), password }),
  status: 204,
  reply: z.undefined(),
  problems: ['validation_failed', 'rate_limited']
})

export const listMembers = endpoint({
  id: 'listMembers',
  method: 'GET',
  path: '/workspace/members',
  tag: 'People',
  summary: 'List the members of the workspace',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({
    items: z.array(
      z.object({ userId: id('user'), email: z.string(), name: z.string(), role: z.enum(roles), joinedAt: time })
    )
  }),
  problems: []
})

export const inviteMember = endpoint({
  id: 'inviteMember',
  method: 'POST',
  path: '/workspace/invitations',
  tag: 'People',
  summary: 'Invite somebody into the workspace',
  description:
    'Mails the link when the instance can send mail, and returns it in any case. It is for this address alone, works once and replaces an earlier one.',
  access: { who: 'bearer', role: 'admin' },
  body: z.strictObject({ email, role: z.enum(roles).default('member') }),
  idempotency: 'sealed',
  status: 201,
  reply: z.object({ id: z.string(), url: z.string(), expiresAt: time }),
  problems: ['validation_failed', 'role_missing']
})

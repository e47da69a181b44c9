import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { email, newPassword, presentPassword, roles, SignedIn } from './people-words.ts'
import { id, text, time } from './words.ts'

const invitation = z
  .string()
  .min(1)
  .max(200)
  .optional()
  .meta({ description: "The token of an invitation's link: joins its workspace." })

export const signUpPolicy = endpoint({
  id: 'signUpPolicy',
  method: 'GET',
  path: '/auth/sign-up',
  tag: 'People',
  summary: 'Whether new users may sign up without an invitation',
  access: { who: 'anyone' },
  status: 200,
  reply: z.object({ isOpen: z.boolean() }),
  problems: []
})

export const signUp = endpoint({
  id: 'signUp',
  method: 'POST',
  path: '/auth/sign-up',
  tag: 'People',
  summary: 'Create a user and a workspace',
  description: 'With an invitation, the user joins its workspace and `workspace` is left out.',
  access: { who: 'anyone' },
  body: z
    .strictObject({ email, password: newPassword, name: text(80), workspace: text(80).optional(), invitation })
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
  problems: ['bad_request', 'validation_failed', 'sign_up_closed', 'email_taken', 'rate_limited']
})

export const signIn = endpoint({
  id: 'signIn',
  method: 'POST',
  path: '/auth/sign-in',
  tag: 'People',
  summary: 'Sign in',
  description:
    'Sets the session cookie. A user with a second factor is answered 401 `two_factor_required`: send the same again with `code`.',
  access: { who: 'anyone' },
  body: z.strictObject({
    email,
    password: presentPassword,
    code: z
      .string()
      .trim()
      .min(1, 'must not be empty')
      .max(40)
      .optional()
      .meta({
        description: 'The second factor: six digits of the authenticator app, or a backup code.',
        examples: ['492039']
      }),
    invitation
  }),
  status: 200,
  reply: SignedIn,
  problems: [
    'bad_request',
    'validation_failed',
    'invalid_credentials',
    'two_factor_required',
    'sign_up_closed',
    'rate_limited'
  ]
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
  description: 'Its access tokens end with it.',
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
  description: 'Later refreshes of the session stay in that workspace.',
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
  description: 'With the token of the mailed link. Every session of the user ends; a second factor stays.',
  access: { who: 'anyone' },
  body: z.strictObject({
    token: z.string().regex(/^[\w-]{1,200}$/, 'must be the token of the mailed link'),
    password: newPassword
  }),
  status: 204,
  reply: z.undefined(),
  problems: ['validation_failed', 'rate_limited']
})

export const readInvitation = endpoint({
  id: 'readInvitation',
  method: 'GET',
  path: '/auth/invitations/{token}',
  tag: 'People',
  summary: 'What an invitation is for',
  description:
    'For the page that its link opens. Nobody is asked who they are: the token is known to the invited only.',
  access: { who: 'anyone' },
  params: z.object({ token: z.string().max(200) }),
  status: 200,
  reply: z.object({
    workspace: z.string(),
    email: z.string(),
    role: z.enum(roles),
    invitedBy: z.string().meta({ description: 'The name of the person.' }),
    status: z.enum(['pending', 'expired', 'accepted', 'canceled']),
    expiresAt: time,
    hasAccount: z.boolean().meta({ description: 'Whether the address signs in (true) or up (false) to accept.' })
  }),
  problems: ['rate_limited']
})

export const acceptInvitation = endpoint({
  id: 'acceptInvitation',
  method: 'POST',
  path: '/auth/invitations/{token}/accept',
  tag: 'People',
  summary: 'Join the workspace of an invitation, as the user who is signed in',
  description:
    'The session goes on in that workspace. Who is not signed in sends `invitation` with sign-in or sign-up.',
  access: { who: 'bearer', role: 'viewer' },
  params: z.object({ token: z.string().max(200) }),
  status: 200,
  reply: SignedIn,
  problems: ['validation_failed']
})

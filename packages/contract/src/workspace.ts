import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { email, roles, Tenant } from './people-words.ts'
import { id, text, time } from './words.ts'

/** Times are shown in this zone where nobody says another. */
const timezone = z
  .string()
  .max(100)
  .refine(isTimeZone, 'is no IANA time zone; an example is Europe/Berlin')
  .meta({ description: 'IANA name.', examples: ['Europe/Berlin'] })

/** Whether this machine's data know the zone. An offset is none. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return /^[A-Za-z]/.test(name)
  } catch {
    return false
  }
}

const Workspace = Tenant.extend({ createdAt: time })
export type Workspace = z.infer<typeof Workspace>

export const createWorkspace = endpoint({
  id: 'createWorkspace',
  method: 'POST',
  path: '/workspaces',
  tag: 'People',
  summary: 'Create another workspace',
  description:
    'You become its owner; POST /auth/switch leads into it. Where sign-up is not open, only owners of a workspace may.',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ name: text(80), timezone: timezone.optional() }),
  idempotency: 'plain',
  status: 201,
  reply: Workspace,
  problems: ['sign_up_closed', 'rate_limited']
})

export const readWorkspace = endpoint({
  id: 'readWorkspace',
  method: 'GET',
  path: '/workspace',
  tag: 'People',
  summary: 'Read the workspace of the token',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: Workspace,
  problems: []
})

export const changeWorkspace = endpoint({
  id: 'changeWorkspace',
  method: 'PATCH',
  path: '/workspace',
  tag: 'People',
  summary: 'Change name or time zone of the workspace',
  access: { who: 'bearer', role: 'admin' },
  body: z.strictObject({ name: text(80).optional(), timezone: timezone.optional() }),
  status: 200,
  reply: Workspace,
  problems: []
})

const Member = z.object({
  userId: id('user'),
  email: z.string(),
  name: z.string(),
  role: z.enum(roles),
  joinedAt: time
})
export type Member = z.infer<typeof Member>

export const listMembers = endpoint({
  id: 'listMembers',
  method: 'GET',
  path: '/workspace/members',
  tag: 'People',
  summary: 'List the members of the workspace',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({ items: z.array(Member) }),
  problems: []
})

export const changeMember = endpoint({
  id: 'changeMember',
  method: 'PATCH',
  path: '/workspace/members/{userId}',
  tag: 'People',
  summary: "Change a member's role",
  description: 'It counts from their next request. Only an owner makes, changes or removes an owner.',
  access: { who: 'bearer', role: 'admin' },
  params: z.object({ userId: id('user') }),
  body: z.strictObject({ role: z.enum(roles) }),
  status: 200,
  reply: Member,
  problems: ['last_owner']
})

export const removeMember = endpoint({
  id: 'removeMember',
  method: 'DELETE',
  path: '/workspace/members/{userId}',
  tag: 'People',
  summary: 'Remove a member',
  description:
    'Their tokens stop working here at once, and invitations that they sent are void. API keys that they made belong to the workspace and live on.',
  access: { who: 'bearer', role: 'admin' },
  params: z.object({ userId: id('user') }),
  status: 204,
  reply: z.undefined(),
  problems: ['last_owner']
})

export const leaveWorkspace = endpoint({
  id: 'leaveWorkspace',
  method: 'POST',
  path: '/workspace/leave',
  tag: 'People',
  summary: 'Leave the workspace',
  description: 'POST /auth/refresh then leads to another workspace of yours.',
  access: { who: 'bearer', role: 'viewer' },
  status: 204,
  reply: z.undefined(),
  problems: ['last_owner']
})

const Invitation = z.object({
  id: id('invitation'),
  email: z.string(),
  role: z.enum(roles),
  invitedBy: z.object({ userId: id('user'), name: z.string() }),
  createdAt: time,
  expiresAt: time,
  isExpired: z.boolean()
})
export type Invitation = z.infer<typeof Invitation>

const Invited = z.object({
  id: id('invitation'),
  url: z.string().meta({ description: 'The link, in this answer only.' }),
  isMailed: z.boolean().meta({ description: 'Whether a mail server took the letter with the link.' }),
  expiresAt: time
})

export const listInvitations = endpoint({
  id: 'listInvitations',
  method: 'GET',
  path: '/workspace/invitations',
  tag: 'People',
  summary: 'List the invitations that nobody has accepted yet',
  access: { who: 'bearer', role: 'admin' },
  status: 200,
  reply: z.object({ items: z.array(Invitation) }),
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
  reply: Invited,
  problems: ['validation_failed', 'role_missing']
})

export const resendInvitation = endpoint({
  id: 'resendInvitation',
  method: 'POST',
  path: '/workspace/invitations/{invitationId}/resend',
  tag: 'People',
  summary: 'Send an invitation again',
  description: 'With a new link that lives for another week; the old link is void.',
  access: { who: 'bearer', role: 'admin' },
  params: z.object({ invitationId: id('invitation') }),
  status: 200,
  reply: Invited,
  problems: []
})

export const revokeInvitation = endpoint({
  id: 'revokeInvitation',
  method: 'DELETE',
  path: '/workspace/invitations/{invitationId}',
  tag: 'People',
  summary: 'Take an invitation back',
  access: { who: 'bearer', role: 'admin' },
  params: z.object({ invitationId: id('invitation') }),
  status: 204,
  reply: z.undefined(),
  problems: []
})

import { z } from 'zod'
import { id, time } from './words.ts'

/** From the one who may all to the one who only looks. */
export const roles = ['owner', 'admin', 'member', 'viewer'] as const

export const email = z
  .string()
  .trim()
  .toLowerCase()
  .max(254)
  .pipe(z.email('must be an e-mail address'))
  .meta({ format: 'email', examples: ['ada@example.com'] })
export const newPassword = z.string().min(10, 'must have at least 10 characters').max(128)
export const presentPassword = z.string().min(1, 'must not be empty').max(128)
export const Tenant = z.object({
  id: id('tenant'),
  name: z.string(),
  role: z.enum(roles).meta({ description: 'What the user is in it.' }),
  timezone: z.string().meta({ description: 'IANA name.', examples: ['Europe/Berlin'] })
})
export type Tenant = z.infer<typeof Tenant>

export const SignedIn = z.object({
  accessToken: z.string().meta({ description: 'A JWT for Authorization: Bearer. It lives for 15 minutes.' }),
  expiresAt: time,
  user: z.object({ id: id('user'), email: z.string(), name: z.string() }),
  tenant: Tenant
})
export type SignedIn = z.infer<typeof SignedIn>

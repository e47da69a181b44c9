import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { presentPassword, SignedIn } from './people-words.ts'

const password = presentPassword
const backupCodes = z.array(z.string()).meta({ description: 'Each signs in once. They are shown in this answer only.' })

export const readTwoFactor = endpoint({
  id: 'readTwoFactor',
  method: 'GET',
  path: '/auth/two-factor',
  tag: 'People',
  summary: 'Whether you sign in with a second factor',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({ isOn: z.boolean(), backupCodesLeft: z.int().nonnegative() }),
  problems: []
})

export const beginTwoFactor = endpoint({
  id: 'beginTwoFactor',
  method: 'POST',
  path: '/auth/two-factor',
  tag: 'People',
  summary: 'Prepare a second factor',
  description:
    'Nothing changes until a code of the authenticator app confirms it. Asking again replaces secret and codes.',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ password }),
  status: 201,
  reply: z.object({
    uri: z
      .string()
      .meta({ description: 'For the authenticator app, as a QR picture.', examples: ['otpauth://totp/…'] }),
    secret: z.string().meta({ description: 'The same in base32, to be typed in.' }),
    backupCodes
  }),
  problems: ['two_factor_on', 'rate_limited']
})

export const confirmTwoFactor = endpoint({
  id: 'confirmTwoFactor',
  method: 'POST',
  path: '/auth/two-factor/confirm',
  tag: 'People',
  summary: 'Turn the second factor on',
  description: 'The session goes on with a new cookie and the token of the answer.',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({
    code: z
      .string()
      .trim()
      .regex(/^\d{6}$/, 'must be the six digits that the app shows')
  }),
  status: 200,
  reply: SignedIn,
  problems: ['two_factor_on', 'two_factor_off', 'rate_limited']
})

export const disableTwoFactor = endpoint({
  id: 'disableTwoFactor',
  method: 'POST',
  path: '/auth/two-factor/disable',
  tag: 'People',
  summary: 'Turn the second factor off',
  description: 'The session goes on with a new cookie and the token of the answer.',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ password }),
  status: 200,
  reply: SignedIn,
  problems: ['two_factor_off', 'rate_limited']
})

export const renewBackupCodes = endpoint({
  id: 'renewBackupCodes',
  method: 'POST',
  path: '/auth/two-factor/backup-codes',
  tag: 'People',
  summary: 'Replace your backup codes',
  description: 'The old ones are void at once.',
  access: { who: 'bearer', role: 'viewer' },
  body: z.strictObject({ password }),
  status: 201,
  reply: z.object({ backupCodes }),
  problems: ['two_factor_off', 'rate_limited']
})

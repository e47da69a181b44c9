import { isAPIError } from 'better-auth/api'
import { problem } from '../http/problem.ts'
import type { Mail } from '../lib/mail.ts'
import type { Auth, AuthOptions } from './auth.ts'

export const sendResetThrough =
  (mail: Mail, publicUrl: string): NonNullable<AuthOptions['sendReset']> =>
  async ({ email }, token) => {
    await mail.sendLink({
      to: email,
      subject: 'A new password for Upload24',
      text: 'Somebody, hopefully you, asked for a new password. The link lives for an hour and works once:',
      url: `${publicUrl}/reset-password?token=${token}`
    })
  }

/** Returns before the letter is sent, and alike for an unknown address. */
export async function askForReset(auth: Auth, email: string): Promise<void> {
  await auth.api.requestPasswordReset({ body: { email } })
}

/** Sets the password and ends every session of the user. */
export async function reset(auth: Auth, { token, password }: { token: string; password: string }): Promise<void> {
  await auth.api.resetPassword({ body: { token, newPassword: password } }).catch(error => {
    if (!isAPIError(error) || error.statusCode >= 500) throw error
    throw problem('validation_failed', 'The link cannot be used: ask for a new one with POST /auth/forgot.', {
      errors: [{ path: 'token', code: 'invalid_value', message: 'is not valid, or not any more' }]
    })
  })
}

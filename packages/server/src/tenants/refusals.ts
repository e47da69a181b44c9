import { isAPIError } from 'better-auth/api'
import { type Problem, problem } from '../http/problem.ts'

/** Says what better-auth refuses in our words, by its code or else its status. Any other refusal is a bug of ours. */
export async function refuse<T>(work: Promise<T>, refusals: Readonly<Record<string, () => Problem>>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!isAPIError(error)) throw error
    const known = refusals[String(error.body?.code)] ?? refusals[String(error.status)]
    throw known?.() ?? new Error(`better-auth refuses: ${error.message}`, { cause: error })
  }
}

export const wrongPassword = (): Problem =>
  problem('validation_failed', 'The password is wrong. Forgotten: POST /auth/forgot mails a link for a new one.', {
    errors: [{ path: 'password', code: 'invalid_value', message: 'is not your present password' }]
  })

export const wrongCode = (): Problem =>
  problem('validation_failed', 'The code cannot be used: wait for the next one of the authenticator app.', {
    errors: [{ path: 'code', code: 'invalid_value', message: 'is wrong, too old, or was used before' }]
  })

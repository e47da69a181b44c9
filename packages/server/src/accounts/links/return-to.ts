import type { Config } from '../../config.ts'
import { problem } from '../../http/problem.ts'

/** The whole address that the browser goes to afterwards. Throws validation_failed for one that is not on this origin. */
export function readReturnTo(config: Pick<Config, 'http'>, returnTo: string | undefined): string | null {
  if (returnTo === undefined) return null
  const { publicUrl } = config.http
  const url = URL.canParse(returnTo, `${publicUrl}/`) ? new URL(returnTo, `${publicUrl}/`) : null
  const isOurs = url !== null && url.origin === new URL(publicUrl).origin && url.username === '' && url.password === ''
  if (isOurs) return url.href
  const errors = [
    { path: 'returnTo', code: 'invalid_value', message: `must be an address on ${new URL(publicUrl).origin}` }
  ]
  throw problem('validation_failed', 'One field breaks a rule.', { errors })
}

/** Where the browser goes with the news. */
export function addressWith(base: string, name: 'linked' | 'linkError' | 'choose', values: readonly string[]): string {
  const url = new URL(base)
  for (const value of values) url.searchParams.append(name, value)
  return url.href
}

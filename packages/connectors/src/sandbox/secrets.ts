import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { SandboxDeps } from './sandbox.ts'

/** What a secret is stored under: who reads the shelf cannot use it. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('base64url')
export const newSecret = (prefix: string): string => prefix + randomBytes(32).toString('base64url')

/** Times on the shelf are ISO 8601 texts. */
export const isPast = (time: string, now: Date): boolean => Date.parse(time) <= now.getTime()
export const later = (now: Date, seconds: number): string => new Date(now.getTime() + seconds * 1000).toISOString()

/** Whether an app shows the secret that it was given. */
export async function checkClient(
  deps: Pick<SandboxDeps, 'project'>,
  clientId: string,
  secret: string
): Promise<'known' | 'unknown' | 'wrong secret'> {
  const client = await deps.project(clientId)
  if (!client) return 'unknown'
  const [one, two] = [client.secret, secret].map(text => createHash('sha256').update(text).digest())
  return one && two && timingSafeEqual(one, two) ? 'known' : 'wrong secret'
}

import type { Connector } from '@upload24/connectors'
import type { Caller } from '../http/caller.ts'
import { publicId } from '../lib/ids.ts'

/** What somebody declared by sending a post, kept with its delivery. Nothing of it is secret. */
export interface Consent {
  readonly text: string
  /** `user_…`, or `key_…` of whoever sent it through a key. */
  readonly by: string
  readonly at: string
}

export interface Sender {
  readonly caller: Caller
  readonly now: Date
}

/** Null: the platform asks for no declaration with these options. */
export function consentOf(connector: Connector, options: unknown, { caller, now }: Sender): Consent | null {
  const text = connector.consent?.(options)
  if (text === undefined) return null
  const by = caller.kind === 'user' ? publicId('user', caller.userId) : publicId('key', caller.keyId)
  return { text, by, at: now.toISOString() }
}

import type { Role, Scope } from '@upload24/contract'

/** Who asks, and in which workspace. Made by the sign-in of the request; every query takes its `tenantId`. */
export type Caller = UserCaller | KeyCaller

/** Whoever did something, as it is kept. */
export type SenderRef = { readonly userId: string } | { readonly keyId: string }

export const senderOf = (caller: Caller): SenderRef =>
  caller.kind === 'user' ? { userId: caller.userId } : { keyId: caller.keyId }

/** A key may be limited to some accounts. */
export const mayUse = (caller: Caller, accountId: string): boolean =>
  caller.kind === 'user' || (caller.accountIds?.includes(accountId) ?? true)

export interface UserCaller {
  readonly kind: 'user'
  readonly tenantId: string
  readonly userId: string
  readonly role: Role
  /** The sign-in that the token belongs to, where it belongs to one. */
  readonly sessionId?: string | undefined
}

export interface KeyCaller {
  readonly kind: 'key'
  readonly tenantId: string
  readonly keyId: string
  readonly scopes: readonly Scope[]
  /** The accounts that the key may use. Null: all. */
  readonly accountIds: readonly string[] | null
}

import type { Tenant } from '@upload24/contract'

export type Role = Tenant['role']

/** From the one who only looks to the one who may all; what each may, for those who choose one. */
export const ROLES: readonly { readonly role: Role; readonly name: string; readonly may: string }[] = [
  { role: 'viewer', name: 'Viewer', may: 'Sees everything, changes nothing.' },
  { role: 'member', name: 'Member', may: 'Sends, changes and retries uploads, and makes API keys.' },
  { role: 'admin', name: 'Admin', may: 'Also links accounts, changes settings, and invites and removes people.' },
  { role: 'owner', name: 'Owner', may: 'Also makes, changes and removes owners.' }
]

/** `an admin`, `a member`. */
export const withArticle = (role: Role): string => `${role === 'admin' || role === 'owner' ? 'an' : 'a'} ${role}`

/** To whoever asks for what only those who send have. */
export const MAY_NOT_SEND = 'You may look here, not send: your role in this workspace is viewer.'

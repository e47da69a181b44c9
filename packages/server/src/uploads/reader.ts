import type { App } from '../app.ts'
import { type AttachedFile, findFiles } from '../files/queries.ts'
import type { Caller } from '../http/caller.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { findTargetAccounts, type TargetAccount } from './queries.ts'

/** What a description is read against: who asks, when, and what the workspace has. */
export interface Reader {
  readonly platforms: Platforms
  readonly caller: Caller
  readonly now: Date
  findAccounts(ids: readonly string[]): Promise<readonly TargetAccount[]>
  /** Pictures and captions that options name. */
  findFiles(ids: readonly string[]): Promise<readonly AttachedFile[]>
}

export const createReader = (app: App, platforms: Platforms, caller: Caller, now: Date): Reader => ({
  platforms,
  caller,
  now,
  findAccounts: ids => findTargetAccounts(app.database.db, caller.tenantId, ids),
  findFiles: ids => findFiles(app.database.db, caller.tenantId, ids)
})

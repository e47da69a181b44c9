import { type Fault, type KeySummary, type Scope, scopes } from '@upload24/contract'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import type { Idempotent } from '../http/bind.ts'
import type { UserCaller } from '../http/caller.ts'
import { problem } from '../http/problem.ts'
import { refuseFaults } from '../http/validation.ts'
import { newId, publicId, readId } from '../lib/ids.ts'
import { makeKey } from './format.ts'
import { presentKey } from './present.ts'
import * as queries from './queries.ts'

export type KeysApp = Pick<App, 'config' | 'database'>

/** Live keys per workspace: enough for one per machine, few enough for a list that somebody still reads. */
export const LIVE_KEYS = 200

export interface KeyRequest {
  readonly name?: string | undefined
  readonly scopes?: readonly Scope[] | undefined
  readonly expiresAt?: string | undefined
  readonly accounts?: readonly string[] | undefined
}

export type Generated = KeySummary & { key: string }

export async function generate(
  app: KeysApp,
  caller: UserCaller,
  wanted: KeyRequest,
  idempotent?: Idempotent
): Promise<Generated> {
  const { db } = app.database
  const expiresAt = wanted.expiresAt === undefined ? null : new Date(wanted.expiresAt)
  const accounts = wanted.accounts && (await readAccounts(app, caller.tenantId, wanted.accounts))
  const faults: Fault[] = accounts?.faults ?? []
  if (expiresAt && !(expiresAt.getTime() > Date.now())) {
    faults.push({ path: 'expiresAt', code: 'invalid_value', message: 'must be later than now' })
  }
  refuseFaults(faults)
  const id = newId()
  const { key, prefix, hash } = makeKey(id, app.config.environment)
  const row = await db.transaction().execute(async trx => {
    await queries.lockTenant(trx, caller.tenantId)
    requireRoom(await queries.countLiveKeys(trx, caller.tenantId))
    await keepAnswer(trx, idempotent, id)
    return queries.insertKey(trx, caller.tenantId, {
      id,
      hash,
      prefix,
      name: wanted.name ?? null,
      scopes: [...new Set(wanted.scopes ?? scopes)],
      accountIds: accounts?.ids ?? null,
      createdBy: caller.userId,
      expiresAt
    })
  })
  return { ...presentKey(row), key }
}

export async function list(app: KeysApp, caller: UserCaller): Promise<KeySummary[]> {
  return (await queries.listKeys(app.database.db, caller.tenantId)).map(presentKey)
}

export async function revoke(app: KeysApp, caller: UserCaller, keyId: string): Promise<void> {
  const id = readId('key', keyId)
  if (!id || !(await queries.revokeKey(app.database.db, caller.tenantId, id))) throw noSuchKey(keyId)
}

/** A new key in place of a live one, which lives on for the overlap: 0 ends it with this answer. */
export async function rotate(
  app: KeysApp,
  caller: UserCaller,
  keyId: string,
  overlapSeconds: number,
  idempotent?: Idempotent
): Promise<Generated> {
  const id = readId('key', keyId)
  if (!id) throw noSuchKey(keyId)
  const freshId = newId()
  const { key, prefix, hash } = makeKey(freshId, app.config.environment)
  const row = await app.database.db.transaction().execute(async trx => {
    await queries.lockTenant(trx, caller.tenantId)
    const old = await queries.findLiveKeyForUpdate(trx, caller.tenantId, id)
    if (!old) throw noSuchKey(keyId)
    if (overlapSeconds === 0) await queries.revokeKey(trx, caller.tenantId, id)
    else await queries.expireKey(trx, caller.tenantId, id, overlapSeconds)
    requireRoom(await queries.countLiveKeys(trx, caller.tenantId))
    await queries.noteReplaced(trx, caller.tenantId, id, freshId)
    await keepAnswer(trx, idempotent, freshId)
    return queries.insertKey(trx, caller.tenantId, {
      id: freshId,
      hash,
      prefix,
      name: old.name,
      scopes: old.scopes,
      accountIds: old.account_ids,
      createdBy: caller.userId,
      expiresAt: old.expires_at
    })
  })
  return { ...presentKey(row), key }
}

/** With the key, or not at all: a repeat makes no second one, and learns which it was. */
const keepAnswer = (trx: Db, idempotent: Idempotent | undefined, id: string) =>
  idempotent?.keep(trx, 201, { id: publicId('key', id) })

async function readAccounts(app: KeysApp, tenantId: string, accounts: readonly string[]) {
  const read = accounts.map(account => readId('account', account))
  const wanted = [...new Set(read.filter(id => id !== null))]
  const known = wanted.length > 0 ? await queries.findAccountIds(app.database.db, tenantId, wanted) : []
  const faults = read.flatMap((id, index) =>
    id !== null && known.includes(id)
      ? []
      : [{ path: `accounts[${index}]`, code: 'not_found', message: 'is no account of this workspace' }]
  )
  return { ids: wanted, faults }
}

function requireRoom(live: number): void {
  if (live >= LIVE_KEYS)
    throw problem('key_limit_reached', `The workspace has ${LIVE_KEYS} live keys: revoke one first.`)
}

const noSuchKey = (id: string) => problem('not_found', `There is no live API key ${id} in this workspace.`)

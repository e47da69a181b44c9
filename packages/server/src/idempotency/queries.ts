import { sql } from 'kysely'
import type { Db } from '../db/open.ts'
import { isSilent } from '../db/presence.ts'

export interface Claim {
  readonly tenantId: string
  readonly key: string
  readonly worker: string
  readonly claim: string
}

export interface Kept {
  readonly fingerprint: Buffer | null
  readonly status: number | null
  readonly answer: Buffer | null
  readonly isSealed: boolean
}

/** Takes the key: a new one, one of yesterday, or one whose first request died with its process. False: somebody has it. */
export async function take(db: Db, claim: Claim): Promise<boolean> {
  const { rows } = await sql`
    insert into idempotency_keys as k (tenant_id, key, worker, claim)
    values (${claim.tenantId}, ${claim.key}, ${claim.worker}, ${claim.claim})
    on conflict (tenant_id, key) do update
      set worker = excluded.worker, claim = excluded.claim, fingerprint = null, status = null, answer = null,
        is_sealed = false, created_at = now()
      where k.created_at < now() - interval '24 hours'
        or (k.status is null and ${isSilent(sql.ref('k.worker'))})
    returning 1`.execute(db)
  return rows.length === 1
}

export async function readKept(db: Db, tenantId: string, key: string): Promise<Kept | undefined> {
  const { rows } = await sql<Kept>`
    select fingerprint, status, answer, is_sealed as "isSealed" from idempotency_keys
    where tenant_id = ${tenantId} and key = ${key}`.execute(db)
  return rows[0]
}

/**
 * In the transaction that makes what the answer tells of, so that neither exists without the other. False: this process
 * was silent for so long that the key was taken over, and what it made must not be there beside the other's.
 */
export async function keep(db: Db, claim: Claim, kept: Kept): Promise<boolean> {
  const { rows } = await sql`
    update idempotency_keys set fingerprint = ${kept.fingerprint}, status = ${kept.status}, answer = ${kept.answer},
      is_sealed = ${kept.isSealed}
    where tenant_id = ${claim.tenantId} and key = ${claim.key} and claim = ${claim.claim}
    returning 1`.execute(db)
  return rows.length === 1
}

/** The first request came to nothing that is kept: the next one is the first again. */
export async function drop(db: Db, claim: Claim): Promise<void> {
  await sql`
    delete from idempotency_keys where tenant_id = ${claim.tenantId} and key = ${claim.key}
      and claim = ${claim.claim} and status is null`.execute(db)
}

export async function sweep(db: Db): Promise<void> {
  await sql`delete from idempotency_keys where created_at < now() - interval '25 hours'`.execute(db)
}

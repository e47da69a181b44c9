import { sql } from 'kysely'
import type { Db } from '../db/open.ts'

export interface Place {
  readonly platform: string
  readonly kind: string
  readonly id: string
}

export interface Document extends Place {
  readonly project: string
  readonly doc: unknown
}

export async function readDocument(db: Db, { platform, kind, id }: Place, forUpdate = false): Promise<unknown> {
  const row = await db
    .selectFrom('sandbox_documents')
    .select('doc')
    .where('platform', '=', platform)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .$if(forUpdate, query => query.forUpdate())
    .executeTakeFirst()
  return row?.doc ?? null
}

/** Puts the document in the place of the one that is there. Its age stays. */
export async function putDocument(db: Db, { platform, kind, id, project, doc }: Document): Promise<void> {
  const text = JSON.stringify(doc)
  await db
    .insertInto('sandbox_documents')
    .values({ platform, kind, id, project, doc: text })
    .onConflict(conflict => conflict.columns(['platform', 'kind', 'id']).doUpdateSet({ project, doc: text }))
    .execute()
}

/** False: one is there already. */
export async function insertDocument(db: Db, { platform, kind, id, project, doc }: Document): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('sandbox_documents')
    .values({ platform, kind, id, project, doc: JSON.stringify(doc) })
    .onConflict(conflict => conflict.doNothing())
    .executeTakeFirstOrThrow()
  return numInsertedOrUpdatedRows === 1n
}

/** Oldest first. */
export function listDocuments(db: Db, platform: string, kind: string, project: string) {
  return db
    .selectFrom('sandbox_documents')
    .select(['id', 'doc'])
    .where('platform', '=', platform)
    .where('kind', '=', kind)
    .where('project', '=', project)
    .orderBy('created_at')
    .orderBy('id')
    .execute()
}

export async function removeDocument(db: Db, { platform, kind, id }: Place): Promise<void> {
  await db
    .deleteFrom('sandbox_documents')
    .where('platform', '=', platform)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .execute()
}

export async function hasTenant(db: Db, tenantId: string): Promise<boolean> {
  const { rows } = await sql`select from tenants where id = ${tenantId}`.execute(db)
  return rows.length > 0
}

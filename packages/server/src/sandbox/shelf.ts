import type { Shelf } from '@upload24/connectors/sandbox'
import type { Database } from '../db/open.ts'
import { insertDocument, listDocuments, putDocument, readDocument, removeDocument } from './queries.ts'

/** What a sandbox platform remembers, in PostgreSQL: shared by all processes, there after a restart. */
export function createShelf({ db }: Pick<Database, 'db'>, platform: string): Shelf {
  return {
    get: (kind, id) => readDocument(db, { platform, kind, id }),
    put: (kind, id, doc, { project }) => putDocument(db, { platform, kind, id, project, doc }),
    async update(kind, id, change, { project }) {
      for (;;) {
        const done = await db.transaction().execute(async trx => {
          const before = await readDocument(trx, { platform, kind, id }, true)
          const after = change(before)
          if (after === null || after === undefined) return { doc: before }
          const document = { platform, kind, id, project, doc: after }
          if (before !== null) await putDocument(trx, document)
          // There is no row to lock yet: of two that insert, the second reads again what the first has put.
          else if (!(await insertDocument(trx, document))) return null
          return { doc: after }
        })
        if (done) return done.doc
      }
    },
    list: (kind, project) => listDocuments(db, platform, kind, project),
    remove: (kind, id) => removeDocument(db, { platform, kind, id })
  }
}

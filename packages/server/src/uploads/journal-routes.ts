import { uploadAttempts } from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import { refuseFaults } from '../http/validation.ts'
import { readId } from '../lib/ids.ts'
import { faultOf, readPlace, writePlace } from './cursors.ts'
import { presentAttempt } from './journal-present.ts'
import { listAttempts } from './journal-queries.ts'
import { requireUpload } from './service.ts'

export function journalRoutes(binding: Binding, app: App): void {
  bind(binding, uploadAttempts, async ({ caller, params, query: { limit, cursor, accountId } }) => {
    const uploadId = await requireUpload(app, caller, params.uploadId)
    const after = cursor === undefined ? undefined : readPlace(cursor)
    const account = accountId === undefined ? undefined : readId('account', accountId)
    refuseFaults([...faultOf('cursor', after), ...faultOf('accountId', account)])
    // One more than asked tells whether there is a next page.
    const wanted = { accountId: account ?? null, after: after ?? null, limit: limit + 1 }
    const found = await listAttempts(app.database.db, caller.tenantId, uploadId, wanted)
    const page = found.slice(0, limit)
    const last = page.at(-1)
    return { items: page.map(presentAttempt), nextCursor: last && found.length > limit ? writePlace(last) : null }
  })
}

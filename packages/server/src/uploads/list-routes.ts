import { dismissUpload, listUploads, MAX_CALENDAR_DAYS, uploadCalendar, uploadSummary } from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import { refuseFaults } from '../http/validation.ts'
import { readId } from '../lib/ids.ts'
import { faultOf, readMoment } from './cursors.ts'
import { dismiss } from './list-queries.ts'
import { listCalendar, listHistory, summarize } from './lists.ts'
import { readStatus, requireUpload } from './service.ts'

export function listRoutes(binding: Binding, app: App): void {
  bind(binding, listUploads, ({ caller, query }) => {
    const { cursor, accountId, from, to, attention, ...filter } = query
    const before = cursor === undefined ? undefined : readId('upload', cursor)
    const account = accountId === undefined ? undefined : readId('account', accountId)
    refuseFaults([...faultOf('cursor', before), ...faultOf('accountId', account)])
    return listHistory(app, caller.tenantId, {
      ...filter,
      // As instants: PostgreSQL refuses years and offsets that RFC 3339 allows.
      from: from === undefined ? undefined : new Date(from),
      to: to === undefined ? undefined : new Date(to),
      before: before ?? undefined,
      accountId: account ?? undefined,
      attention: attention === undefined ? undefined : attention === 'true'
    })
  })

  bind(binding, uploadCalendar, ({ caller, query }) => {
    const { cursor, accountId, ...filter } = query
    const [from, to] = [new Date(filter.from), new Date(filter.to)]
    const after = cursor === undefined ? undefined : readMoment(cursor)
    const account = accountId === undefined ? undefined : readId('account', accountId)
    refuseFaults([...spanFault(from, to), ...faultOf('cursor', after), ...faultOf('accountId', account)])
    return listCalendar(app, caller.tenantId, {
      ...filter,
      from,
      to,
      after: after ?? undefined,
      accountId: account ?? undefined
    })
  })

  bind(binding, uploadSummary, ({ caller }) => summarize(app, caller.tenantId))

  bind(binding, dismissUpload, async ({ caller, params }) => {
    const id = await requireUpload(app, caller, params.uploadId)
    await dismiss(app.database.db, caller.tenantId, id)
    return readStatus(app.database.db, caller.tenantId, id)
  })
}

function spanFault(from: Date, to: Date) {
  const days = (to.getTime() - from.getTime()) / 86_400_000
  if (days <= 0) return [{ path: 'to', code: 'invalid_value', message: 'must be later than from' }]
  if (days <= MAX_CALENDAR_DAYS) return []
  const message = `may be at most ${MAX_CALENDAR_DAYS} days after from, is ${Math.ceil(days)}`
  return [{ path: 'to', code: 'too_big', message, limit: MAX_CALENDAR_DAYS, measured: Math.ceil(days) }]
}

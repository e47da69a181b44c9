import type { PublicStatus } from '@upload24/sdk'
import { uploadsQuery } from '../../data/uploads.ts'

export const STATUSES: readonly PublicStatus[] = ['Scheduled', 'Processing', 'Uploaded', 'Failed', 'Canceled']

/** The filters as they stand in the address. */
export interface Search {
  readonly q?: string
  readonly status?: string
  readonly account?: string
  readonly platform?: string
  /** Days of the workspace's zone: `2026-11-22`. */
  readonly from?: string
  readonly to?: string
  readonly needs?: string
}

export const hasFilters = (search: Search): boolean => Object.values(search).some(Boolean)

/** What an address asks for. A status that does not exist is left out, as a hand-written address may have one. */
export function listQuery(
  { q, status, account, platform, from, to, needs }: Search,
  instantOf: (day: string) => string
) {
  const known = STATUSES.find(each => each === status)
  return uploadsQuery({
    limit: 50,
    ...(q ? { q } : {}),
    ...(known ? { status: known } : {}),
    ...(account ? { accountId: account } : {}),
    ...(platform ? { platform } : {}),
    ...(from ? { from: instantOf(from) } : {}),
    ...(to ? { to: instantOf(nextDay(to)) } : {}),
    ...(needs ? { attention: 'true' } : {})
  })
}

function nextDay(day: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() + 1)
  return at.toISOString().slice(0, 10)
}

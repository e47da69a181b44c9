import type { quotaUsage } from '@upload24/contract'
import type { z } from 'zod'
import type { App } from '../app.ts'
import { publicId } from '../lib/ids.ts'
import { readQuota } from './queries.ts'
import { listMonths, readMonth, readUsage, type Units, type UsageRow } from './usage-queries.ts'

const MONTHS = 12

/** What used the quota of a month, `2026-11`; of this one when none is named. */
export async function showUsage(
  app: App,
  tenantId: string,
  wanted: string | undefined
): Promise<z.input<typeof quotaUsage.reply>> {
  const { db } = app.database
  const now = await readQuota(db, tenantId, app.config.quotaDefault ?? null)
  const month = wanted ?? now.month.slice(0, 7)
  const first = `${month}-01`
  const [rows, total, months] = await Promise.all([
    readUsage(db, tenantId, first),
    readMonth(db, tenantId, first),
    listMonths(db, tenantId, MONTHS)
  ])
  const of = (kind: UsageRow['kind']) => rows.filter(row => row.kind === kind)
  return {
    month,
    limit: now.limit,
    ...unitsOf(total),
    days: daysOf(month, of('day')),
    platforms: of('platform').map(row => ({ platform: row.platform ?? '', ...unitsOf(row) })),
    accounts: of('account').map(row => ({
      accountId: publicId('account', row.accountId as string),
      platform: row.platform ?? '',
      sandbox: row.sandbox ?? false,
      displayName: row.name ?? '',
      ...unitsOf(row)
    })),
    senders: of('sender').map(row => ({ by: senderOf(row), name: row.name, ...unitsOf(row) })),
    unlisted: unlisted(total, of('platform')),
    months
  }
}

const unitsOf = ({ used, reserved }: Units): Units => ({ used, reserved })

const senderOf = ({ userId, keyId }: UsageRow) =>
  (userId && publicId('user', userId)) ?? (keyId && publicId('key', keyId))

/** Every day of the month. */
function daysOf(month: string, rows: readonly UsageRow[]) {
  const [year = 0, number = 0] = month.split('-').map(Number)
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate()
  return Array.from({ length: count }, (_, index) => {
    const date = `${month}-${String(index + 1).padStart(2, '0')}`
    const { used, reserved } = sum(rows.filter(row => row.date === date))
    return { date, used, reserved }
  })
}

/** What was counted and stands in no upload. Read a moment apart, the two may differ the other way. */
function unlisted(total: Units, rows: readonly Units[]): Units {
  const listed = sum(rows)
  return {
    used: Math.max(0, total.used - listed.used),
    reserved: Math.max(0, total.reserved - listed.reserved)
  }
}

const sum = (rows: readonly Units[]): Units => ({
  used: rows.reduce((all, { used }) => all + used, 0),
  reserved: rows.reduce((all, { reserved }) => all + reserved, 0)
})

import type { accountHealth } from '@upload24/contract'
import type { z } from 'zod'
import type { App } from '../app.ts'
import { publicId } from '../lib/ids.ts'
import { endOf, openTokens } from './grant.ts'
import { type HealthRow, listHealth } from './health-queries.ts'
import { ASKED } from './pauses.ts'

type Health = z.input<typeof accountHealth.reply>['items'][number]

/** How the accounts do that are not unlinked. */
export async function showHealth(app: Pick<App, 'database' | 'seal'>, tenantId: string): Promise<Health[]> {
  const rows = await listHealth(app.database.db, tenantId)
  return rows.map(row => ({
    accountId: publicId('account', row.id),
    auth: row.auth,
    status: row.status,
    since: row.statusSince.toISOString(),
    reason: row.status === 'needs_relink' ? (row.statusReason ?? UNTOLD) : null,
    pause: row.pausedUntil && { until: row.pausedUntil.toISOString(), message: row.pauseMessage ?? ASKED.message },
    grant: grantOf(app, row),
    deliveries: { processing: row.processing, scheduled: row.scheduled },
    lastPost:
      row.postUploadId === null || row.postedAt === null
        ? null
        : {
            uploadId: publicId('upload', row.postUploadId),
            externalUrl: row.postUrl,
            publishedAt: row.postedAt.toISOString()
          }
  }))
}

/** Of grants that died before reasons were kept. */
const UNTOLD = { code: 'needs_relink', message: 'The platform has ended this sign-in. Link the account again.' }

function grantOf({ seal }: Pick<App, 'seal'>, row: HealthRow): Health['grant'] {
  if (row.status !== 'active' || !row.tokens) return null
  const end = endOf(openTokens(seal, row.id, row.tokens))
  return end ? { endsAt: end.toISOString(), renewsAt: row.refreshAt?.toISOString() ?? null } : null
}

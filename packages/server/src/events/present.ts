import type { Event, EventType } from '@upload24/contract'
import { publicId } from '../lib/ids.ts'
import { presentFailure, presentFollowUpFailure, presentProgress, words } from '../uploads/present.ts'
import type { DeliveryRow } from '../uploads/queries.ts'
import type { EventRow } from './queries.ts'

/** The columns that the triggers keep (migrations/0007), in the words of the status route. */
interface Kept {
  readonly accountId: string
  readonly platform: string
  readonly followUp: string | null
  readonly part: string | null
  readonly status: DeliveryRow['status']
  readonly stage: DeliveryRow['stage']
  readonly bytes: number
  readonly sent: number
  readonly attempts: number
  readonly remoteId: string | null
  readonly remoteUrl: string | null
  readonly failure: DeliveryRow['failure']
  readonly sandbox: boolean
  readonly displayName: string
  readonly title: string
  readonly scheduledOn: string | null
}

export function presentEvent(row: EventRow): Event {
  const kept = row.data as unknown as Kept
  const head = { eventId: publicId('event', row.id), type: row.type as EventType, at: row.at.toISOString() }
  if (row.uploadId === null) {
    const { platform, sandbox, displayName } = kept
    const status = row.data.status as 'active' | 'needs_relink' | 'revoked'
    return { ...head, accountId: publicId('account', kept.accountId), platform, sandbox, displayName, status }
  }
  const about = { ...head, uploadId: publicId('upload', row.uploadId) }
  if (row.type.startsWith('upload.')) {
    const scheduledOn = kept.scheduledOn === null ? null : new Date(kept.scheduledOn).toISOString()
    return { ...about, title: kept.title, status: row.data.status as (typeof words)[keyof typeof words], scheduledOn }
  }
  return {
    ...about,
    accountId: publicId('account', kept.accountId),
    platform: kept.platform,
    followUp: kept.followUp && (kept.part ?? kept.followUp),
    status: words[kept.status],
    progress: presentProgress(kept),
    attempts: kept.attempts,
    externalId: kept.remoteId,
    externalUrl: kept.remoteUrl,
    ...(kept.followUp === null ? presentFailure(kept.failure) : presentFollowUpFailure(kept.failure))
  }
}

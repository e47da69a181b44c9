import type { Event, EventType } from '@upload24/contract'
import { publicId } from '../lib/ids.ts'
import { phases, words } from '../uploads/present.ts'
import type { EventRow } from './queries.ts'

/** The columns that the triggers keep (migrations/0007), in the words of the status route. */
interface Kept {
  readonly accountId: string
  readonly platform: string
  readonly followUp: string | null
  readonly part: string | null
  readonly status: keyof typeof words
  readonly stage: keyof typeof phases
  readonly bytes: number
  readonly sent: number
  readonly attempts: number
  readonly remoteId: string | null
  readonly remoteUrl: string | null
  readonly failure: { readonly kind: string; readonly code: string; readonly message: string } | null
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
  const { status, stage, failure } = kept
  const isOpen = status === 'scheduled' || status === 'running'
  const hasAll = status === 'uploaded' || stage === 'processing' || stage === 'ready' || stage === 'committed'
  return {
    ...about,
    accountId: publicId('account', kept.accountId),
    platform: kept.platform,
    followUp: kept.followUp && (kept.part ?? kept.followUp),
    status: words[status],
    progress: {
      phase: status === 'scheduled' ? 'waiting' : isOpen ? phases[stage] : 'done',
      bytesSent: hasAll ? kept.bytes : kept.sent,
      bytesTotal: kept.bytes
    },
    attempts: kept.attempts,
    externalId: kept.remoteId,
    externalUrl: kept.remoteUrl,
    errorCode: failure ? (failure.kind === 'relink' ? 'needs_relink' : failure.code) : null,
    errorMessage: failure?.message ?? null
  }
}

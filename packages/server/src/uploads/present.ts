import type { Failure } from '@upload24/connectors'
import type { PublicStatus, UploadStatus } from '@upload24/contract'
import type { Reason } from '../accounts/queries.ts'
import { UNKNOWN } from '../deliveries/outcomes.ts'
import { publicId } from '../lib/ids.ts'
import type { DeliveryRow, UploadRow } from './queries.ts'

/** The body of the status route: the one place where an upload's rows become what its owner sees. */
export function presentUpload(upload: UploadRow, deliveries: readonly DeliveryRow[]): UploadStatus {
  const [first] = deliveries
  return {
    uploadId: publicId('upload', upload.id),
    title: upload.title,
    status: first?.uploadStatus ?? upload.status,
    scheduledOn: upload.scheduledOn?.toISOString() ?? null,
    timezone: upload.timezone,
    createdAt: upload.createdAt.toISOString(),
    updatedAt: (first ?? upload).updatedAt.toISOString(),
    createdBy: senderName(upload),
    needsAttention: deliveries.some(each => needsHand(each, upload.dismissedAt)),
    file: {
      fileId: publicId('file', upload.fileId),
      name: upload.fileName,
      size: upload.bytes,
      contentType: upload.contentType,
      durationSeconds: upload.durationSeconds,
      width: upload.width,
      height: upload.height
    },
    accounts: deliveries.map(presentDelivery)
  }
}

const senderName = ({ senderUserId, senderKeyId }: UploadRow): string | null =>
  (senderUserId && publicId('user', senderUserId)) ?? (senderKeyId && publicId('key', senderKeyId))

/** The same as `openMatters` of list-queries.ts. */
const needsHand = ({ status, endedAt, accountStatus }: DeliveryRow, dismissedAt: Date | null): boolean =>
  status === 'failed'
    ? dismissedAt === null || endedAt === null || endedAt > dismissedAt
    : accountStatus === 'needs_relink' && (status === 'scheduled' || status === 'running')

export const words: Record<DeliveryRow['status'], PublicStatus> = {
  scheduled: 'Scheduled',
  running: 'Processing',
  uploaded: 'Uploaded',
  failed: 'Failed',
  canceled: 'Canceled'
}

const phases = {
  prepare: 'preparing',
  transfer: 'sending',
  processing: 'processing',
  ready: 'publishing',
  committed: 'processing'
} as const

const isUnderWay = ({ status }: Pick<DeliveryRow, 'status'>) => status === 'scheduled' || status === 'running'

/** A platform that fetches the file, or takes it in one piece, acknowledges no chunk on the way. */
const hasEverything = ({ status, stage }: Pick<DeliveryRow, 'status' | 'stage'>) =>
  status === 'uploaded' || stage === 'processing' || stage === 'ready' || stage === 'committed'

export const presentProgress = (row: Pick<DeliveryRow, 'status' | 'stage' | 'bytes' | 'sent'>) => ({
  phase: row.status === 'scheduled' ? ('waiting' as const) : isUnderWay(row) ? phases[row.stage] : ('done' as const),
  bytesSent: hasEverything(row) ? row.bytes : row.sent,
  bytesTotal: row.bytes
})

function presentDelivery(row: DeliveryRow): UploadStatus['accounts'][number] {
  return {
    accountId: publicId('account', row.accountId),
    platform: row.platform,
    sandbox: row.sandbox,
    displayName: row.displayName,
    handle: row.handle,
    accountStatus: row.accountStatus,
    status: words[row.status],
    progress: presentProgress(row),
    attempts: row.attempts,
    nextAttemptAt: isUnderWay(row) && !row.isLeased ? row.askAt.toISOString() : null,
    externalId: row.remoteId,
    externalUrl: row.remoteUrl,
    publishedAt: row.status === 'uploaded' ? (row.endedAt?.toISOString() ?? null) : null,
    // While it is open, this is only the reason for waiting.
    ...presentFailure(row.pause ?? row.failure),
    adjustments: row.adjustments.map(({ field, rule, limit, applied }) => ({
      field,
      rule,
      ...(limit === undefined ? {} : { limit }),
      applied
    })),
    followUps: row.followUps.map(({ name, status, failure }) => ({
      name,
      status: words[status],
      ...presentFollowUpFailure(failure)
    }))
  }
}

/** Whatever the platform calls it, a dead grant has one word and one remedy; but for what may be posted, which needs a person to look. */
export const presentFailure = (failure: (Reason & Partial<Pick<Failure, 'kind'>>) | null) => ({
  errorCode: failure?.kind === 'relink' && failure.code !== UNKNOWN.code ? 'needs_relink' : (failure?.code ?? null),
  errorMessage: failure?.message ?? null
})

/** The machine speaks of a video. Of what is done after it, the owner decides by looking. */
export const presentFollowUpFailure = (failure: Failure | null) =>
  presentFailure(failure?.code === UNKNOWN.code ? { ...failure, message: NOT_TOLD } : failure)

const NOT_TOLD = 'The platform did not say whether this was done. Please look; the post itself is there.'

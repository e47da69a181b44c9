import type { VideoDoc } from './model.ts'

/** Where processing stands: a function of the clock alone. */
export function uploadStatus({ createdAt, processing }: VideoDoc, now: Date): string {
  const age = now.getTime() - Date.parse(createdAt)
  if (age < processing.seconds * 1000) return 'uploaded'
  return processing.failureReason ? 'failed' : processing.rejectionReason ? 'rejected' : 'processed'
}

export function privacyOf({ body }: VideoDoc, now: Date): string {
  const { privacyStatus = 'public', publishAt } = body.status ?? {}
  const isDue = typeof publishAt === 'string' && Date.parse(publishAt) <= now.getTime()
  return isDue ? 'public' : String(privacyStatus)
}

/** Parts that only the owner may ask for. */
export const OWNER_PARTS = ['processingDetails', 'fileDetails', 'suggestions']

/** The video resource, with the parts that were asked for. int64 numbers travel as strings. */
export function videoResource(id: string, doc: VideoDoc, parts: readonly string[], now: Date): Record<string, unknown> {
  const state = uploadStatus(doc, now)
  const { failureReason, rejectionReason, seconds, fileSeconds = 0 } = doc.processing
  const { publishAt, ...given } = doc.body.status ?? {}
  const privacyStatus = privacyOf(doc, now)
  const age = now.getTime() - Date.parse(doc.createdAt)
  const left = Math.max(0, seconds * 1000 - age)
  const isDescribed = age >= fileSeconds * 1000
  const all: Record<string, unknown> = {
    snippet: {
      publishedAt: doc.createdAt,
      channelId: doc.channel,
      description: '',
      categoryId: '22',
      liveBroadcastContent: 'none',
      ...doc.body.snippet
    },
    status: {
      license: 'youtube',
      embeddable: true,
      publicStatsViewable: true,
      ...given,
      uploadStatus: state,
      privacyStatus,
      madeForKids: given.selfDeclaredMadeForKids === true,
      ...(publishAt !== undefined && privacyStatus === 'private' ? { publishAt } : {}),
      ...(state === 'failed' ? { failureReason } : {}),
      ...(state === 'rejected' ? { rejectionReason } : {})
    },
    processingDetails: {
      processingStatus: state === 'uploaded' ? 'processing' : state === 'failed' ? 'failed' : 'succeeded',
      ...(state === 'failed' ? { processingFailureReason: 'transcodeFailed' } : {}),
      ...(state === 'uploaded'
        ? {
            processingProgress: {
              partsTotal: '100',
              partsProcessed: String(Math.floor(100 * (1 - left / Math.max(1, seconds * 1000)))),
              timeLeftMs: String(left)
            }
          }
        : {}),
      fileDetailsAvailability: isDescribed ? 'available' : 'inProgress',
      processingIssuesAvailability: 'available',
      tagSuggestionsAvailability: 'inProgress',
      editorSuggestionsAvailability: 'inProgress',
      thumbnailsAvailability: state === 'processed' ? 'available' : 'inProgress'
    },
    fileDetails: isDescribed ? { fileName: doc.fileName, fileSize: String(doc.bytes), fileType: 'video' } : undefined,
    contentDetails: { dimension: '2d', definition: 'hd', caption: 'false', licensedContent: false },
    statistics: { viewCount: '0', likeCount: '0', favoriteCount: '0', commentCount: '0' },
    localizations: doc.body.localizations,
    recordingDetails: doc.body.recordingDetails
  }
  const shown = Object.fromEntries(parts.flatMap(p => (all[p] === undefined ? [] : [[p, all[p]]])))
  return { kind: 'youtube#video', etag: `"${doc.sha256.slice(0, 24)}"`, id, ...shown }
}

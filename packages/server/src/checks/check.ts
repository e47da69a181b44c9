import type { MediaFacts } from '@upload24/connectors'
import { type CheckedMedia, checkUpload, type Fault } from '@upload24/contract'
import type { z } from 'zod'
import type { App } from '../app.ts'
import type { Caller } from '../http/caller.ts'
import { refuseFaults } from '../http/validation.ts'
import { publicId } from '../lib/ids.ts'
import type { MediaMeasures } from '../media/measures.ts'
import { probe } from '../media/probe.ts'
import { visibilityOf } from '../platforms/form.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { showQuota } from '../quota/service.ts'
import { freezeArrived } from '../sessions/arrived.ts'
import { reviewDescription } from '../uploads/description.ts'
import { factsOf, noVideo } from '../uploads/preflight.ts'
import type { TargetReview } from '../uploads/read-targets.ts'
import { createReader } from '../uploads/reader.ts'

type Answer = z.input<typeof checkUpload.reply>

/**
 * What would become of an upload, account by account. Only a body that cannot be read is refused. Makes nothing, but the
 * bytes of a session that have all arrived are frozen, so that `complete` finds what was measured.
 */
export async function check(app: App, platforms: Platforms, caller: Caller, raw: unknown): Promise<Answer> {
  const general: Fault[] = []
  let measured: MediaMeasures | null = null
  const review = await reviewDescription(
    createReader(app, platforms, caller, new Date()),
    checkUpload.body.shape,
    raw,
    async ({ sessionToken, media }, malformed) => {
      refuseFaults(malformed)
      if (sessionToken === undefined) return media && announcedFacts(media)
      if (media) refuseFaults([bothGiven])
      const { session, arrived } = await freezeArrived(app, caller, sessionToken)
      const announced = { bytes: session.fileSize, contentType: session.contentType }
      if (!arrived) return announced
      const found = await probe(app.storage, arrived)
      if (!found.media) general.push(noVideo(found))
      measured = found.media
      return measured ? factsOf(announced, measured) : announced
    }
  )
  const { accounts: written = [], sessionToken } = review.valid
  // A session has its share already.
  if (sessionToken === undefined) general.push(...(await quotaFaults(app, caller, review.reviews.length)))

  const accounts = review.reviews.map(each => {
    const id = publicId('account', each.row.id)
    const own = review.faults.filter(({ path }) => path === `accounts[${written.indexOf(id)}]`)
    return { id, own, ...present(platforms, id, each, own) }
  })
  const told = new Set(accounts.flatMap(({ own }) => own))
  const faults = [
    ...general,
    ...review.faults.filter(fault => !told.has(fault)),
    // Options of platforms whose accounts could not be read.
    ...review.refusals.filter(({ accountId }) => accountId === undefined)
  ]
  return {
    ok: faults.length === 0 && accounts.length > 0 && accounts.every(({ fits }) => fits),
    faults,
    media: measured && presentMedia(measured),
    accounts
  }
}

const bothGiven: Fault = {
  path: 'media',
  code: 'not_used',
  message: 'goes without sessionToken, whose bytes are measured; send one of the two'
}

function announcedFacts(media: CheckedMedia): MediaFacts {
  const given = {
    bytes: media.fileSize,
    contentType: media.contentType,
    seconds: media.durationSeconds,
    width: media.width,
    height: media.height,
    container: media.container,
    // A rate without a codec is judged all the same.
    video: hasSome(media.videoCodec, media.frameRate)
      ? clean({ codec: media.videoCodec, framesPerSecond: media.frameRate })
      : undefined,
    audio: hasSome(media.audioCodec, media.audioChannels, media.audioSampleRate)
      ? clean({ codec: media.audioCodec, channels: media.audioChannels, samplesPerSecond: media.audioSampleRate })
      : undefined
  }
  return clean(given) as MediaFacts
}

const hasSome = (...values: unknown[]) => values.some(value => value !== undefined)
const clean = (given: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))

async function quotaFaults(app: App, caller: Caller, requested: number): Promise<Fault[]> {
  const { remaining, resetsAt } = await showQuota(app, caller.tenantId)
  if (remaining === null || requested <= remaining) return []
  const message = `needs ${requested} of the month's quota, of which ${remaining} are left until ${resetsAt}`
  return [{ path: 'accounts', code: 'quota_exceeded', message, limit: remaining, measured: requested }]
}

function present(
  platforms: Platforms,
  accountId: string,
  { row, composed, faults, target }: TargetReview,
  own: readonly Fault[]
) {
  const connector = platforms.connectorOf(row.platform)
  const all = [...own, ...faults]
  return {
    accountId,
    platform: row.platform,
    sandbox: row.sandbox,
    displayName: row.displayName,
    handle: row.handle,
    fits: target !== null && all.length === 0,
    title: composed.title,
    description: composed.description,
    visibility: connector && target && visibilityOf(connector, target.options),
    options: target?.options ?? null,
    consent: target?.consent?.text ?? null,
    adjustments: composed.adjustments.map(({ field, rule, limit, applied }) => ({
      field,
      rule,
      ...(limit === undefined ? {} : { limit }),
      applied
    })),
    faults: all
  }
}

const presentMedia = ({ seconds, width, height, container, video, audio }: MediaMeasures): Answer['media'] => ({
  durationSeconds: seconds ?? null,
  width: width ?? null,
  height: height ?? null,
  frameRate: video?.framesPerSecond ?? null,
  container,
  videoCodec: video?.codec ?? null,
  audioCodec: audio?.codec ?? null,
  audioChannels: audio?.channels ?? null,
  audioSampleRate: audio?.samplesPerSecond ?? null
})

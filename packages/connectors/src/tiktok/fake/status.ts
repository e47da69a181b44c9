import type { Reply } from '../../sandbox/reply.ts'
import type { Ask } from './api.ts'
import { ok, refuse } from './errors.ts'
import { hasId, isDone, PUBLISH_PREFIX, type Session, type World } from './model.ts'
import { finishLate, forgetSession, storedOf } from './upload.ts'

const numberOf = (publishId: unknown): string | null =>
  typeof publishId === 'string' && publishId.startsWith(PUBLISH_PREFIX) ? publishId.slice(PUBLISH_PREFIX.length) : null

async function find({ caller, body }: Ask, world: World): Promise<{ id: string; session: Session }> {
  const id = numberOf(body.publish_id)
  const session = id === null ? null : await world.model.get('session', id)
  if (id === null || !session || session.isForgotten) throw refuse(400, 'invalid_publish_id')
  if (session.project !== caller.project || session.account !== caller.account)
    throw refuse(400, 'token_not_authorized_for_specified_publish_id')
  return { id, session }
}

/** POST …/status/fetch/. Ids are bare numbers of 19 digits, which JSON.parse would round. */
export async function fetchStatus(ask: Ask, world: World): Promise<Reply> {
  const found = await find(ask, world)
  await finishLate(found.id, found.session, world)
  const { id, session } = await find(ask, world)
  const now = world.deps.now()
  const { hideUploadedBytes, nullUploadedBytes } = await world.faults.get(session.project)
  const told = { uploaded_bytes: nullUploadedBytes ? null : await storedOf(id, session, world) }
  const uploaded = hideUploadedBytes ? {} : told
  const video = session.video === null ? null : await world.model.get('video', session.video)
  if (!video || !isDone(video, now)) return ok({ status: 'PROCESSING_UPLOAD', ...uploaded })
  if (video.failReason !== null) return ok({ status: 'FAILED', fail_reason: video.failReason, ...uploaded })
  const reply = ok({
    status: 'PUBLISH_COMPLETE',
    publicaly_available_post_id: hasId(video, now) ? [`#${session.video}`] : [],
    ...uploaded
  })
  return { ...reply, body: (reply.body ?? '').replace(/"#(\d+)"/, '$1') }
}

/** POST …/cancel/: for pulled videos only. */
export async function cancel(ask: Ask, world: World): Promise<Reply> {
  await find(ask, world)
  throw refuse(400, 'publish_not_cancellable', 'The post can no longer be cancelled.')
}

export async function forget(publishId: string, project: string, world: World): Promise<void> {
  const id = numberOf(publishId)
  if (id !== null) await forgetSession(id, project, world)
}

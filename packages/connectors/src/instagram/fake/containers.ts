import { randomInt } from 'node:crypto'
import { json, type Reply } from '../../sandbox/reply.ts'
import type { Signed } from './api.ts'
import { refuse } from './errors.ts'
import { type ContainerDoc, isFacebook, newId, type StatusCode, statusOf, type World } from './model.ts'
import { fieldsOf, listOf, type Params, pick, textOf } from './params.ts'
import { complete, startPull } from './pull.ts'

const DAY_MS = 86_400_000
const CONTAINERS = 400
/** Where practice is not rationed, a long list is not read at every call. */
const UNCOUNTED = 100_000
const KEPT = [
  'media_type',
  'caption',
  'share_to_feed',
  'cover_url',
  'thumb_offset',
  'audio_name',
  'collaborators',
  'user_tags',
  'location_id',
  'trial_params',
  'is_ai_generated'
]

/** POST /{ig-user-id}/media. The answer comes at once; that the file is good is not said by it. */
export async function createContainer(
  account: string,
  { params, caller, version }: Signed,
  world: World
): Promise<Reply> {
  const faults = await world.faults.get(caller.project)
  checkParams(params, faults.noTrialReels === true)
  const isResumable = textOf(params, 'upload_type') === 'resumable'
  if (isResumable && !isFacebook(caller.kind) && !faults.instagramResumable)
    throw refuse(400, 100, 0, { message: '(#100) The parameter video_url is required' })
  const source = isResumable ? null : (textOf(params, 'video_url') ?? null)
  if (!isResumable && source === null)
    throw refuse(400, 100, 0, { message: '(#100) The parameter video_url is required' })
  if (source !== null && (!URL.canParse(source) || !/^[\x21-\x7e]+$/.test(source)))
    throw refuse(400, 9004, 2207052, { message: 'The media could not be fetched from this URI' })
  const now = world.deps.now()
  const cap = faults.containersPerDay ?? Math.max(CONTAINERS, world.deps.quota?.uploads ?? 0)
  // Which code it is, is not documented.
  if (cap < UNCOUNTED && (await countContainers(account, caller.project, world)) >= cap) throw refuse(403, 4)
  if (randomInt(32) === 0) await sweep(caller.project, world)
  const id = newId('178')
  const doc: ContainerDoc = {
    project: caller.project,
    account,
    params: Object.fromEntries(KEPT.flatMap(name => (params[name] === undefined ? [] : [[name, params[name]]]))),
    source,
    total: null,
    createdAt: now.toISOString(),
    received: null,
    processing: null,
    error: null,
    published: null
  }
  await world.model.put('container', id, doc, caller.project)
  if (source !== null) startPull(id, doc, world)
  const uri = `${world.deps.base}/h/rupload.facebook.com/ig-api-upload/${version}/${id}`
  return json(200, isResumable ? { id, uri } : { id })
}

async function countContainers(account: string, project: string, { deps, model }: World): Promise<number> {
  const since = new Date(deps.now().getTime() - DAY_MS).toISOString()
  return (await model.list('container', project)).filter(c => c.doc.account === account && c.doc.createdAt > since)
    .length
}

/** Forgets what nobody asks for any more, with the bytes of what was abandoned. */
async function sweep(project: string, { deps, model }: World): Promise<void> {
  const since = new Date(deps.now().getTime() - 3 * DAY_MS).toISOString()
  for (const { id, doc } of await model.list('container', project)) {
    if (doc.createdAt > since) continue
    await model.remove('container', id)
    await deps.bytes.remove(id)
  }
}

function checkParams(params: Params, noTrialReels: boolean): void {
  const type = textOf(params, 'media_type')
  if (type !== 'REELS' && type !== 'STORIES')
    throw refuse(400, 100, 2207023, { message: `Unknown media type: ${type ?? ''}` })
  const caption = textOf(params, 'caption') ?? ''
  const count = (find: RegExp): number => caption.match(find)?.length ?? 0
  if (caption.length > 2200 || count(/#[\p{L}\p{N}_]+/gu) > 30) throw refuse(400, 36_004, 2207010)
  if (count(/@[\p{L}\p{N}_.]+/gu) > 20) throw refuse(400, 100, 2207040)
  const offset = textOf(params, 'thumb_offset')
  if (offset !== undefined && !/^\d+$/.test(offset)) throw refuse(400, 1, 2207057)
  if (listOf(params, 'collaborators').length > 3)
    throw refuse(400, 100, 0, { message: '(#100) Too many collaborators' })
  if (listOf(params, 'user_tags').length > 20) throw refuse(400, 100, 2207040)
  if (params.trial_params !== undefined && noTrialReels) throw refuse(400, 100, 2207081)
}

const SENTENCES: Readonly<Record<StatusCode, string>> = {
  IN_PROGRESS: 'In Progress: Media is still being processed.',
  FINISHED: 'Finished: Media has been uploaded and it is ready to be published.',
  PUBLISHED: 'Published: Media has been successfully published.',
  ERROR: 'Error: Media upload has failed with error code',
  EXPIRED: 'Expired: The container was not published within 24 hours and has expired.'
}
const FIELDS = ['id', 'status_code', 'status', 'video_status', 'copyright_check_status']

/** GET /{container-id}. Which post it became cannot be read from it. */
export async function readContainer(id: string, doc: ContainerDoc, { params }: Signed, world: World): Promise<Reply> {
  const fields = fieldsOf(params, 'id')
  const unknown = fields.find(name => !FIELDS.includes(name))
  if (unknown !== undefined)
    throw refuse(400, 100, 0, { message: `(#100) Tried accessing nonexisting field (${unknown})` })
  const now = await currentOf(id, doc, world)
  const sentence = SENTENCES[now.status]
  const all = {
    id,
    status_code: now.status,
    status: now.status === 'ERROR' ? `${sentence} ${now.doc.error ?? now.doc.processing?.error}` : sentence,
    copyright_check_status: { status: 'completed', matches_found: false },
    ...(doc.source === null ? { video_status: await videoStatus(id, now.doc, now.status, world) } : {})
  }
  return json(200, pick(all, fields))
}

/** As it is now. A download that a restart broke off begins again; bytes that are all here, and were not counted any more, are. */
export async function currentOf(
  id: string,
  doc: ContainerDoc,
  world: World
): Promise<{ readonly doc: ContainerDoc; readonly status: StatusCode }> {
  if (doc.source !== null && !doc.received && doc.error === null) await startPull(id, doc, world)
  if (doc.source === null && !doc.received) await countAll(id, doc, world)
  const fresh = (await world.model.get('container', id)) ?? doc
  const { lifetimes, statusLateSeconds } = await world.faults.get(doc.project)
  return { doc: fresh, status: statusOf(fresh, world.deps.now(), lifetimes?.sessionSeconds, statusLateSeconds) }
}

async function countAll(id: string, { total, project }: ContainerDoc, world: World): Promise<void> {
  const { arriving, deps } = world
  if (total === null || arriving.has(id) || (await deps.bytes.size(id)) < total || arriving.has(id)) return
  arriving.add(id)
  try {
    await complete(id, project, world)
  } finally {
    arriving.delete(id)
  }
}

async function videoStatus(id: string, doc: ContainerDoc, status: StatusCode, { deps }: World) {
  const bytes = doc.received?.bytes ?? (await deps.bytes.size(id))
  const phase = doc.received ? 'complete' : bytes > 0 ? 'in_progress' : 'not_started'
  const done = status === 'FINISHED' || status === 'PUBLISHED'
  return {
    uploading_phase: { status: phase, bytes_transferred: bytes },
    processing_phase: {
      status: done ? 'complete' : status === 'ERROR' ? 'error' : doc.received ? 'in_progress' : 'not_started'
    }
  }
}

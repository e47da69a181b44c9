import { json, type Reply } from '../../sandbox/reply.ts'
import { digest, isPast, later } from '../../sandbox/secrets.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { refuse } from './errors.ts'
import type { Session, VideoDoc, World } from './model.ts'
import { videoResource } from './video.ts'

/** A broken chunk is kept in steps of 256 KiB, and chunks are multiples of it. */
const UNIT = 262_144
const NOT_FOUND: Reply = { status: 404, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: 'Not Found' }

/** `bytes *\/N`, `bytes a-b/N`, `bytes a-b/*`, or nothing: the whole file. */
export interface Range {
  readonly first: number
  readonly last: number
  readonly total: number | null
  readonly isQuery: boolean
}

export interface Part {
  readonly range: Range
  readonly type: string | undefined
  readonly length: number
  readonly stream: AsyncIterable<Uint8Array>
  readonly stop: () => void
}

/** Null: it cannot be read. */
export function readRange(header: string | undefined, length: number): Range | null {
  if (header === undefined) return { first: 0, last: length - 1, total: null, isQuery: false }
  const query = /^bytes \*\/(\d+|\*)$/.exec(header)
  if (query) return { first: 0, last: -1, total: query[1] === '*' ? null : Number(query[1]), isQuery: true }
  const part = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header)
  if (!part) return null
  return {
    first: Number(part[1]),
    last: Number(part[2]),
    total: part[3] === '*' ? null : Number(part[3]),
    isQuery: false
  }
}

const endOf = (session: Session, seconds = 7 * 86_400): string => later(new Date(session.createdAt), seconds)

/** Forgets the sessions that are over, with the bytes of those that were abandoned. One opening in 32 does it. */
export async function sweepSessions(project: string, { model, deps, faults }: World): Promise<void> {
  const { lifetimes } = await faults.get(project)
  for (const { id, doc } of await model.list('session', project)) {
    if (!isPast(endOf(doc, lifetimes?.sessionSeconds), deps.now())) continue
    await model.remove('session', id)
    await deps.bytes.remove(id)
  }
}

/** The session, if it is known, alive and the caller's. */
export async function findSession(uploadId: string, caller: Holder, world: World): Promise<Session | null> {
  const session = await world.model.get('session', digest(uploadId))
  if (!session || session.project !== caller.project) return null
  if (session.channel !== caller.account) throw refuse(403, 'forbidden')
  const { lifetimes } = await world.faults.get(caller.project)
  return isPast(endOf(session, lifetimes?.sessionSeconds), world.deps.now()) ? null : session
}

/** PUT to a session: bytes, or the question how many arrived. */
export async function putSession(uploadId: string, part: Part, caller: Holder, world: World): Promise<Reply> {
  const session = await findSession(uploadId, caller, world)
  if (!session) return NOT_FOUND
  if (session.video !== null || session.resultAt !== null) return result(session, world)
  const { range } = part
  const total = session.total ?? range.total
  if (range.total !== null && total !== null && range.total !== total)
    return badRequest('The total of Content-Range is not X-Upload-Content-Length.')
  const stored = await sizeOf(uploadId, total, world)
  if (range.isQuery)
    return stored === total ? finish(uploadId, { ...session, total }, world) : resume(stored, 'query', caller, world)
  const isWhole = range.first === 0 && range.last + 1 === part.length && range.total === null
  const end = isWhole ? part.length : range.last + 1
  const isLast = isWhole || end === total
  if (part.type !== session.type) return badRequest('The Content-Type is not X-Upload-Content-Type.')
  if (end - range.first !== part.length) return badRequest('Content-Length does not fit Content-Range.')
  if (total !== null && (end > total || (isWhole && end !== total)))
    return badRequest('More or fewer bytes than announced.')
  if (!isLast && part.length % UNIT !== 0) return badRequest('Chunks must be multiples of 256 KiB.')
  if (range.first !== stored) {
    const { wrongOffset } = await world.faults.get(caller.project)
    return wrongOffset === '416'
      ? refuse(416, 'requestedRangeNotSatisfiable').reply
      : resume(stored, 'chunk', caller, world)
  }
  const { stream, stop } = part
  const now = await world.deps.bytes.append(digest(uploadId), { offset: stored, limit: end, unit: UNIT, stream, stop })
  return isLast && now === end
    ? finish(uploadId, { ...session, total: end }, world)
    : resume(now, 'chunk', caller, world)
}

/** Bytes of a broken chunk count in steps of 256 KiB, also when the process died with it. */
async function sizeOf(uploadId: string, total: number | null, { deps }: World): Promise<number> {
  const size = await deps.bytes.size(digest(uploadId))
  return size === total ? size : Math.floor(size / UNIT) * UNIT
}

async function resume(stored: number, at: 'chunk' | 'query', caller: Holder, world: World): Promise<Reply> {
  const { hits } = await world.faults.take(caller.project, [at], ['wait'])
  const headers: Record<string, string> = {}
  if (stored > 0) headers.range = `bytes=0-${stored - 1}`
  if (hits.wait) headers['retry-after'] = String(hits.wait.seconds)
  return { status: 308, statusText: 'Resume Incomplete', headers }
}

/** Every byte is there: the video is made, once. */
export async function finish(uploadId: string, session: Session, world: World): Promise<Reply> {
  const under = world.finishing.get(uploadId)
  if (under) {
    await under
    return result((await world.model.get('session', digest(uploadId))) ?? session, world)
  }
  const making = make(uploadId, session, world)
  world.finishing.set(uploadId, making)
  return making.finally(() => world.finishing.delete(uploadId))
}

/** The id follows from the session, so that a try after a crash makes the same video. */
async function make(uploadId: string, session: Session, world: World): Promise<Reply> {
  const { deps, model, faults } = world
  const key = digest(uploadId)
  const id = digest(`video/${uploadId}`).slice(0, 11)
  const sha256 = await deps.bytes.sha256(key)
  const { hits } = await faults.take(session.project, [], ['processing', 'lateResult'])
  const { privateLock, shorts } = await faults.get(session.project)
  const now = deps.now()
  const body = privateLock
    ? { ...session.body, status: { ...session.body.status, privacyStatus: 'private' } }
    : session.body
  const { seconds = 1, fileSeconds, failureReason, rejectionReason } = hits.processing ?? {}
  const video: VideoDoc = {
    project: session.project,
    channel: session.channel,
    body,
    bytes: session.total ?? 0,
    sha256,
    type: session.type,
    fileName: session.fileName,
    notify: session.notify,
    createdAt: now.toISOString(),
    isShort: shorts === true,
    processing: { seconds, fileSeconds, failureReason, rejectionReason }
  }
  await model.update('video', id, session.project, old => old ?? video)
  const resultAt = hits.lateResult ? later(now, hits.lateResult.seconds) : now.toISOString()
  const ended = { ...session, video: id, resultAt }
  await model.put('session', key, ended, session.project)
  await deps.bytes.remove(key)
  return hits.lateResult ? everything(ended) : result(ended, world)
}

/** The answer at the end, for as long as the session lives. */
async function result(session: Session, { model, deps }: World): Promise<Reply> {
  const now = deps.now()
  if (session.resultAt !== null && Date.parse(session.resultAt) > now.getTime()) return everything(session)
  const video = session.video === null ? null : await model.get('video', session.video)
  if (!video || session.video === null) return NOT_FOUND
  return json(201, videoResource(session.video, video, session.parts, now))
}

/** Seen now and then: all is stored, and yet 308. */
const everything = (session: Session): Reply => ({
  status: 308,
  statusText: 'Resume Incomplete',
  headers: { range: `bytes=0-${(session.total ?? 1) - 1}` }
})

const badRequest = (message: string): Reply => refuse(400, 'badRequest', { message }).reply

/** DELETE of a session. "499" is what Google's upload service answers. */
export async function cancelSession(uploadId: string, caller: Holder, world: World): Promise<Reply> {
  const session = await findSession(uploadId, caller, world)
  if (!session) return NOT_FOUND
  await forgetSession(uploadId, world)
  return { status: 499, statusText: 'Client Closed Request' }
}

export async function forgetSession(uploadId: string, { model, deps }: World): Promise<void> {
  await model.remove('session', digest(uploadId))
  await deps.bytes.remove(digest(uploadId))
}

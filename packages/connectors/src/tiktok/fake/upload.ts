import { type Reply, ReplyError } from '../../sandbox/reply.ts'
import { digest, isPast, later } from '../../sandbox/secrets.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import { makeNumber, type Session, type World } from './model.ts'

const TYPES = ['video/mp4', 'video/quicktime', 'video/webm']
/** "The upload_url is valid for one hour." */
const URL_SECONDS = 3600

const bare = (status: number, headers: Readonly<Record<string, string>> = {}): Reply => ({ status, headers })

interface Range {
  readonly first: number
  readonly last: number
  readonly total: number
}

function readRange(header: string | undefined): Range | null {
  const found = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '')
  return found ? { first: Number(found[1]), last: Number(found[2]), total: Number(found[3]) } : null
}

/** PUT to an upload_url. No Authorization: the token is in the address. Answers have no body. */
export async function routeUpload({ req, query }: Request, world: World): Promise<Call> {
  const id = query.get('upload_id') ?? ''
  const session = /^\d{1,40}$/.test(id) ? await world.model.get('session', id) : null
  const isKnown = session !== null && !session.isForgotten && session.token === digest(query.get('upload_token') ?? '')
  if (req.method !== 'PUT') throw new ReplyError(bare(405))
  if (!isKnown) throw new ReplyError(bare(404))
  const range = readRange(req.headers['content-range'])
  const isLast = range !== null && range.last + 1 === range.total
  return {
    names: isLast ? ['chunk', 'lastChunk'] : ['chunk'],
    project: session.project,
    fail: (status, _reason, headers) => bare(status, headers),
    forgetSession: () => forgetSession(id, session.project, world),
    async run(stream) {
      const now = await world.model.get('session', id)
      if (!now || now.isForgotten) return bare(404)
      const length = Number(req.headers['content-length'] ?? -1)
      const type = req.headers['content-type'] ?? ''
      if (!range || !TYPES.includes(type) || !isPlanned(range, length, now)) return bare(400)
      return put(id, now, { range, type, stream, stop: () => req.destroy() }, world)
    }
  }
}

/** The announced length, total and chunk plan must be true. */
function isPlanned({ first, last, total }: Range, length: number, { total: size, chunk, count }: Session): boolean {
  const index = first / chunk
  const end = index === count - 1 ? size : first + chunk
  return total === size && last + 1 - first === length && Number.isInteger(index) && index < count && last + 1 === end
}

interface Part {
  readonly range: Range
  readonly type: string
  readonly stream: AsyncIterable<Uint8Array>
  readonly stop: () => void
}

async function put(id: string, session: Session, { range, type, stream, stop }: Part, world: World): Promise<Reply> {
  const { deps, faults } = world
  const { lifetimes, repeatedRange } = await faults.get(session.project)
  const progress = await progressOf(session, world)
  const stored = await storedOf(id, session, world)
  await finishLate(id, session, world)
  if (
    session.video === null &&
    isPast(later(new Date(session.createdAt), lifetimes?.sessionSeconds ?? URL_SECONDS), deps.now())
  )
    return bare(403)
  if (range.first !== stored)
    return range.first < stored && repeatedRange === '206' ? bare(206, progress(stored)) : bare(416, progress(stored))
  const end = range.last + 1
  // A broken chunk leaves nothing: progress is counted in whole ones.
  const unit = end - range.first
  const now = await deps.bytes.append(id, { offset: range.first, limit: end, unit, stream, stop })
  if (now !== end) return bare(416, progress(Math.min(now, range.first)))
  if (end < session.total) return bare(206, progress(end))
  await finish(id, type, world)
  return bare(201, progress(end))
}

/** What has arrived, in whole chunks. */
export async function storedOf(id: string, session: Session, { deps }: World): Promise<number> {
  if (session.video !== null) return session.total
  const size = await deps.bytes.size(id)
  return size === session.total ? size : Math.min(Math.floor(size / session.chunk), session.count - 1) * session.chunk
}

async function progressOf({ project, total }: Session, { faults }: World) {
  const { progress = 'count' } = await faults.get(project)
  return (stored: number): Record<string, string> =>
    progress === 'absent'
      ? {}
      : { 'content-range': `bytes 0-${progress === 'index' ? Math.max(0, stored - 1) : stored}/${total}` }
}

/** Every byte is there: "posting starts by itself". */
async function finish(id: string, type: string, world: World): Promise<void> {
  const under = world.finishing.get(id)
  if (under) await under
  const making = make(id, type, world)
  world.finishing.set(id, making)
  await making.finally(() => world.finishing.delete(id))
}

/** A process that died between the last byte and the post left it unmade: "posting starts by itself" all the same. */
export async function finishLate(id: string, session: Session, world: World): Promise<void> {
  if (session.video === null && (await world.deps.bytes.size(id)) === session.total)
    await finish(id, 'video/mp4', world)
}

/** The post's number follows from the upload's, so that a try after a crash makes the same post. */
async function make(id: string, type: string, { deps, faults, model }: World): Promise<void> {
  const session = await model.get('session', id)
  if (!session || session.video !== null) return
  const video = makeNumber(`video/${id}`)
  const sha256 = await deps.bytes.sha256(id)
  const { hits } = await faults.take(session.project, [], ['processing'])
  const { seconds = 1, idSeconds = 1, failReason = null } = hits.processing ?? {}
  const { project, account, postInfo, total } = session
  const createdAt = deps.now().toISOString()
  const doc = { project, account, postInfo, bytes: total, sha256, type, createdAt, seconds, idSeconds, failReason }
  await model.update('video', video, project, old => old ?? doc)
  await model.update('session', id, project, old => old && { ...old, video })
  await deps.bytes.remove(id)
}

/** Its number is not known any more. What it made stays. */
export async function forgetSession(id: string, project: string, { model }: World): Promise<void> {
  await model.update('session', id, project, old => old && { ...old, isForgotten: true })
}

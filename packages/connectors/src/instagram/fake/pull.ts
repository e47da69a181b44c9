import { request } from 'undici'
import { judge, openFilm } from './film.ts'
import type { ContainerDoc, World } from './model.ts'

/** "300 MB maximum": reference/ig-user/media#reel-specifications. */
const MAX_BYTES = 300_000_000
const SECONDS = 60

/** Fetches the video, after the answer to the request that named it. Done when it is here or has failed; never throws. */
export function startPull(id: string, doc: ContainerDoc, world: World): Promise<unknown> {
  const under = world.pulls.get(id)
  if (under) return under
  // What fails here was cleared away meanwhile.
  const pulling = pull(id, doc, world)
    .catch(() => {})
    .finally(() => world.pulls.delete(id))
  world.pulls.set(id, pulling)
  return pulling
}

async function pull(id: string, doc: ContainerDoc, world: World): Promise<void> {
  const { hits } = await world.faults.take(doc.project, [], ['pull'])
  const error = hits.pull ? (hits.pull.fail === 'timeout' ? '2207003' : '2207052') : await download(id, doc, world)
  if (error === null) await complete(id, doc.project, world)
  else await world.model.update('container', id, doc.project, now => now && { ...now, error })
}

/** A subcode, or null for success. */
async function download(id: string, { source }: ContainerDoc, world: World): Promise<string | null> {
  const { deps } = world
  const url = new URL(source ?? '')
  if (!isOwn(url, deps)) return '2207052'
  try {
    const headers = { 'user-agent': 'facebookexternalhit/1.1' }
    const res = await request(url, { headers, headersTimeout: SECONDS * 1000, bodyTimeout: SECONDS * 1000 })
    const length = Number(res.headers['content-length'] ?? 0)
    if (res.statusCode !== 200 || length > MAX_BYTES) {
      await res.body.dump()
      return res.statusCode === 200 ? '2207026' : '2207052'
    }
    await deps.bytes.remove(id)
    const part = {
      offset: 0,
      limit: MAX_BYTES,
      unit: 1,
      stream: watched(id, 0, res.body, world),
      stop: () => res.body.destroy()
    }
    const got = await deps.bytes.append(id, part)
    return got > 0 && (length === 0 || got === length) ? null : '2207003'
  } catch {
    return '2207003'
  }
}

/** The sandbox fetches from its own server and from the store alone: it is nobody's proxy. */
function isOwn(url: URL, { base, origins = [] }: World['deps']): boolean {
  const own = new URL(base)
  const isLoopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname)
  const isHere = isLoopback && url.protocol === 'http:' && own.protocol === 'http:' && url.port === own.port
  return isHere || url.origin === own.origin || origins.includes(url.origin)
}

/** The bytes as they are, with a look at them. `offset`: what came before them was seen, or nothing can be said. */
export async function* watched(
  id: string,
  offset: number,
  stream: AsyncIterable<Uint8Array>,
  { films }: World
): AsyncGenerator<Uint8Array> {
  const reader = offset === 0 ? openFilm() : films.get(id)
  if (reader) films.set(id, reader)
  for await (const part of stream) {
    reader?.feed(part)
    yield part
  }
}

/** Every byte is here: processing begins. */
export async function complete(id: string, project: string, { deps, model, faults, films }: World): Promise<void> {
  const { hits, faults: given } = await faults.take(project, [], ['processing'])
  const bytes = await deps.bytes.size(id)
  const film = films.get(id)?.film()
  films.delete(id)
  const fault = bytes > MAX_BYTES ? '2207026' : given.strictFiles && film ? judge(film) : null
  const { seconds = 1, error = fault ?? undefined } = hits.processing ?? {}
  const received = { at: deps.now().toISOString(), bytes, sha256: await deps.bytes.sha256(id) }
  await model.update('container', id, project, doc => doc && { ...doc, received, processing: { seconds, error } })
  await deps.bytes.remove(id)
}

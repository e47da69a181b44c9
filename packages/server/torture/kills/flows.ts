import { setTimeout as sleep } from 'node:timers/promises'
import { type Film, nextFilm } from '../films.ts'
import { type History, unreached } from '../history.ts'
import { judge } from '../judge.ts'
import { openTenant, type Tenant } from '../tenant.ts'
import type { Process, World } from '../world.ts'
import { serveFilm } from './source.ts'

/**
 * The ways in. Each repeats what a client may repeat until it is answered, and answers the id of the upload. `release`: from here
 * on only a worker brings it forward, and the API has done its part.
 */
type WayIn = (tenant: Tenant, film: Film, release?: () => void) => Promise<string>
export const FLOWS = { form, put, multipart, resumed, checked, aborted, imported } as const satisfies Record<
  string,
  WayIn
>
export type Flow = keyof typeof FLOWS

const MiB = 2 ** 20
const BYTES = 12 * MiB
/** Seconds for which a client repeats itself; a busy machine needs a while to start the API again. */
const PATIENCE = 150

/** What becomes of it afterwards is not the point here. */
const PLATFORM = 'youtube'

/** Learns the points at which the API can die while an upload comes in. */
export async function listFlowPoints(world: World, flow: Flow): Promise<string[]> {
  const api = await world.api()
  const [worker] = (await world.workers(1)) as [Process]
  const tenant = await openTenant(world, PLATFORM)
  await api.order({ do: 'record' })
  worker.child.kill('SIGSTOP')
  let count = 0
  const release = () => {
    count = api.points.length
    worker.child.kill('SIGCONT')
  }
  await FLOWS[flow](tenant, nextFilm(BYTES), release)
  const points = api.points.slice(0, count || undefined)
  await api.order({ do: 'none' })
  return points
}

/** `kill -9` to the API at one point of one flow. It is started again, and the client goes on. */
export const killApiAt = (flow: Flow, point: string): History<World> => ({
  name: `api: ${flow}, killed ${point}`,
  group: 'API killed',
  run: world => playFlow(world, flow, api => api.order({ do: 'kill', at: point }))
})

/** `kill -9` to the API when so much of a body has passed. */
export const killApiInBody = (flow: Flow, share: number): History<World> => ({
  name: `api: ${flow}, killed after ${Math.round(share * 100)} % of the body`,
  group: 'API killed',
  run: world =>
    playFlow(world, flow, async (api, film) => {
      let passed = 0
      world.wire.counted = bytes => {
        passed += bytes
        if (passed >= film.bytes.length * share) void api.kill()
      }
    })
})

async function playFlow(world: World, flow: Flow, arm: (api: Process, film: Film) => Promise<void>) {
  const api = await world.api()
  const [worker] = (await world.workers(1)) as [Process]
  const tenant = await openTenant(world, PLATFORM)
  const film = nextFilm(BYTES)
  // Until the client has its answer nothing but its own requests moves the API.
  worker.child.kill('SIGSTOP')
  try {
    await arm(api, film)
    const reviving = revive(world, api)
    const uploadId = await FLOWS[flow](tenant, film, () => worker.child.kill('SIGCONT'))
    const hasDied = await reviving.stop()
    worker.child.kill('SIGCONT')
    // The worker has done nothing before: no byte goes twice.
    const outcome = await judge(world, tenant, uploadId, film, { deaths: 0 })
    return hasDied ? outcome : unreached(outcome)
  } finally {
    world.wire.counted = undefined
    worker.child.kill('SIGCONT')
  }
}

/** Starts the API again when it dies, as whoever operates it does. */
function revive(world: World, api: Process) {
  let isOver = false
  const looking = (async () => {
    while (!isOver && api.diedAt() === null) await sleep(10)
    if (api.diedAt() === null) return false
    await world.api()
    return true
  })()
  // Told by `stop`, unless the client gave up before.
  looking.catch(() => {})
  return {
    /** True when it had died. */
    async stop() {
      // Its point may lie behind the answer: once it has heard this, it does not come to it any more.
      await api.order({ do: 'none' }).catch(() => {})
      isOver = true
      return looking
    }
  }
}

/** Until it is answered with anything but "later": a connection that breaks and a 5xx say nothing. */
async function insist<T>(ask: () => Promise<{ status: number; body: T }>): Promise<{ status: number; body: T }> {
  const giveUpAt = performance.now() + PATIENCE * 1000
  for (;;) {
    const answer = await ask().catch(() => ({ status: 0, body: undefined as T }))
    // 409 idempotency_in_progress: the dead process is still waited for.
    const isLater = answer.status === 0 || answer.status >= 500 || answer.status === 409 || answer.status === 429
    if (!isLater) return answer
    if (performance.now() > giveUpAt) throw new Error(`no answer in ${PATIENCE} s: ${JSON.stringify(answer)}`)
    await sleep(200)
  }
}

async function insistOn<T>(what: string, ask: () => Promise<{ status: number; body: T }>): Promise<T> {
  const { status, body } = await insist(ask)
  if (status >= 300) throw new Error(`${what} was answered ${status}: ${JSON.stringify(body)}`)
  return body
}

let keys = 0
const newKey = () => ({ 'idempotency-key': `torture-${Date.now()}-${++keys}` })

const descriptionOf = ({ accountId, platform }: Tenant) => ({
  title: 'Torture',
  accounts: [accountId],
  [platform.id]: platform.options
})

const about = (tenant: Tenant, film: Film) => ({
  ...descriptionOf(tenant),
  fileName: 'test.mp4',
  fileSize: film.bytes.length,
  contentType: 'video/mp4'
})

async function form(tenant: Tenant, film: Film): Promise<string> {
  const key = newKey()
  const { uploadId } = await insistOn('the form', () => {
    const fields = new FormData()
    fields.set('title', 'Torture')
    fields.append('accounts', tenant.accountId)
    fields.set(tenant.platform.id, JSON.stringify(tenant.platform.options))
    fields.set('file', film.blob, 'test.mp4')
    return tenant.workspace.ask('POST', '/api/upload', fields, key)
  })
  return uploadId
}

async function put(tenant: Tenant, film: Film): Promise<string> {
  const session = await openPut(tenant, film)
  await send(session.uploadUrl, film.bytes, session.headers)
  return complete(tenant, session.sessionToken, [])
}

async function multipart(tenant: Tenant, film: Film): Promise<string> {
  const { sessionToken } = await openMultipart(tenant, film)
  return sendMissing(tenant, film, sessionToken)
}

function openPut(tenant: Tenant, film: Film) {
  const key = newKey()
  return insistOn('the opening', () =>
    tenant.workspace.ask('POST', '/api/upload/presign-put', about(tenant, film), key)
  )
}

function openMultipart(tenant: Tenant, film: Film) {
  const key = newKey()
  return insistOn('the opening', () =>
    tenant.workspace.ask('POST', '/api/upload/multipart', { ...about(tenant, film), partSize: 5 * MiB }, key)
  )
}

async function sendMissing(tenant: Tenant, film: Film, sessionToken: string): Promise<string> {
  for (;;) {
    // What has arrived, and addresses for the rest: the same question at the beginning and after a break.
    const { received, parts, partSize } = await insistOn('resume', () =>
      tenant.workspace.ask('POST', '/api/upload/resume', { sessionToken })
    )
    const missing = parts.filter((part: { received: boolean }) => !part.received)
    for (const { partNumber, uploadUrl } of missing) {
      const start = (partNumber - 1) * partSize
      await send(uploadUrl, film.bytes.subarray(start, start + partSize), {})
    }
    if (missing.length > 0) continue
    if (!received) throw new Error('all parts are there and the file is not')
    const tags = parts.map((part: { partNumber: number; eTag: string }) => ({
      partNumber: part.partNumber,
      eTag: part.eTag
    }))
    return complete(tenant, sessionToken, tags)
  }
}

/** The client is gone after the first part, and comes again with nothing but its token. */
async function resumed(tenant: Tenant, film: Film): Promise<string> {
  const { sessionToken, parts, partSize } = await openMultipart(tenant, film)
  await send(parts[0].uploadUrl, film.bytes.subarray(0, partSize), {})
  return sendMissing(tenant, film, sessionToken)
}

/** All is there, and the client asks first what would be refused: that freezes the bytes. */
async function checked(tenant: Tenant, film: Film): Promise<string> {
  const session = await openPut(tenant, film)
  await send(session.uploadUrl, film.bytes, session.headers)
  await insistOn('check', () =>
    tenant.workspace.ask('POST', '/api/upload/check', {
      ...descriptionOf(tenant),
      sessionToken: session.sessionToken
    })
  )
  return complete(tenant, session.sessionToken, [])
}

/** All is there, and the client thinks better of it. Then it sends the film by another way. */
async function aborted(tenant: Tenant, film: Film): Promise<string> {
  const session = await openPut(tenant, film)
  await send(session.uploadUrl, film.bytes, session.headers)
  const { sessionToken } = session
  await insistOn('abort', () => tenant.workspace.ask('POST', '/api/upload/abort', { sessionToken }))
  return form(tenant, film)
}

/** The server fetches it from an address. */
async function imported(tenant: Tenant, film: Film, release: () => void = () => {}): Promise<string> {
  const source = await serveFilm(film)
  try {
    const body = { ...descriptionOf(tenant), url: source.url }
    const key = newKey()
    const ask = () => tenant.workspace.ask('POST', '/api/upload/import', body, key)
    const { importId } = await insistOn('the import', ask)
    release()
    for (;;) {
      const read = () => tenant.workspace.ask('GET', `/api/upload/import/${importId}`)
      const { status, uploadId, errorCode } = await insistOn('its status', read)
      if (status === 'completed') return uploadId
      if (status !== 'waiting' && status !== 'fetching') throw new Error(`the import is ${status}: ${errorCode}`)
      await sleep(50)
    }
  } finally {
    source.close()
  }
}

async function send(url: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<void> {
  await insistOn('the PUT', async () => {
    const response = await fetch(url, { method: 'PUT', body: body as Uint8Array<ArrayBuffer>, headers })
    return { status: response.status, body: await response.text() }
  })
}

async function complete({ workspace }: Tenant, sessionToken: string, parts: readonly object[]): Promise<string> {
  const { uploadId } = await insistOn('complete', () =>
    workspace.ask('POST', '/api/upload/complete', { sessionToken, parts })
  )
  return uploadId
}

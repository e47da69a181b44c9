import type { IncomingMessage } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Sandbox, SandboxDeps, SandboxPost } from '../../sandbox.ts'
import { openFaults } from '../../sandbox-faults.ts'
import { type Reply, readText, sendReply } from '../../sandbox-http.ts'
import { type Outcome, serveApi } from './api.ts'
import { authorize } from './authorize.ts'
import { ApiError } from './errors.ts'
import { faultsSchema } from './faults.ts'
import { openModel, type World } from './model.ts'
import { ownerOf, revoke, token } from './token.ts'
import { uploadStatus, videoResource } from './video.ts'

const API_HOSTS = ['www.googleapis.com', 'youtube.googleapis.com']
const HOSTS = [...API_HOSTS, 'accounts.google.com', 'oauth2.googleapis.com']

/** YouTube, as far as publishing a video needs it. A client id is a Google Cloud project. */
export function createYoutube(deps: SandboxDeps): Sandbox {
  const model = openModel(deps.shelf)
  const faults = openFaults('youtube', faultsSchema, deps.shelf)
  const world: World = { deps, model, faults, finishing: new Map() }
  return {
    faultsSchema,
    getFaults: faults.get,
    setFaults: faults.set,
    hostMap: base => Object.fromEntries(HOSTS.map(host => [host, `${base}/h/${host}`])),
    async handler(req, res) {
      const outcome = await serve(req, world).catch(error => {
        // The sender went away in the middle of its request: there is nobody to answer.
        if (req.destroyed && !req.complete) return null
        throw error
      })
      if (outcome === null) return
      const { reply, cut, isDropped } = outcome
      if (isDropped) res.socket?.destroy()
      else sendReply(res, reply, cut)
    },
    async posts(project) {
      const now = deps.now()
      const videos = await model.list('video', project)
      return videos.map(
        ({ id, doc }): SandboxPost => ({
          id,
          channel: doc.channel,
          title: String(doc.body.snippet?.title),
          metadata: {
            ...videoResource(id, doc, ['snippet', 'status', 'processingDetails', 'fileDetails'], now),
            notifySubscribers: doc.notify
          },
          bytes: doc.bytes,
          sha256: doc.sha256,
          state: uploadStatus(doc, now),
          createdAt: doc.createdAt
        })
      )
    },
    async clear(project) {
      for (const { id } of await model.list('session', project)) {
        await model.remove('session', id)
        await deps.bytes.remove(id)
      }
      for (const { id } of await model.list('video', project)) await model.remove('video', id)
    }
  }
}

async function serve(req: IncomingMessage, world: World): Promise<Outcome> {
  const url = new URL(req.url ?? '/', 'http://sandbox.invalid')
  const found = /\/h\/([a-z0-9.-]+)(\/.*)$/.exec(url.pathname)
  const [host, path] = [found?.[1] ?? '', found?.[2] ?? '']
  const query = url.searchParams
  try {
    if (API_HOSTS.includes(host)) return await serveApi({ req, host, path, query }, world, sleep)
    if (host === 'accounts.google.com' && path === '/o/oauth2/v2/auth' && req.method === 'GET')
      return { reply: await authorize(query, world) }
    if (host === 'oauth2.googleapis.com' && req.method === 'POST') {
      const form = new URLSearchParams(await readText(req))
      if (path === '/token') return await withFaults(form.get('client_id'), 'token', world, () => token(form, world))
      const secret = form.get('token') ?? query.get('token') ?? ''
      const owner = await ownerOf(secret, world)
      if (path === '/revoke') return await withFaults(owner?.project, 'revoke', world, () => revoke(secret, world))
    }
  } catch (error) {
    if (error instanceof ApiError) return { reply: error.reply }
    if (error instanceof RangeError) return { reply: { status: 413, body: 'Payload Too Large' } }
    throw error
  }
  return { reply: { status: 404, headers: { 'content-type': 'text/plain' }, body: 'Not Found' } }
}

/** The faults of the sign-in's own calls. */
async function withFaults(
  project: string | null | undefined,
  name: string,
  world: World,
  run: () => Promise<Reply>
): Promise<Outcome> {
  if (!project) return { reply: await run() }
  const kinds = ['cutAnswer', 'dropRequest', 'status', 'delayMs'] as const
  const { hits } = await world.faults.take(project, [name], kinds)
  if (hits.delayMs) await sleep(hits.delayMs.ms)
  if (hits.dropRequest) return { reply: { status: 500 }, isDropped: true }
  const cut = hits.cutAnswer ? { cut: hits.cutAnswer.bytes } : {}
  const { status } = hits
  const refusal = status && {
    status: status.code,
    headers: { 'content-type': 'application/json; charset=UTF-8' },
    body: JSON.stringify({ error: status.reason ?? 'internal_failure' })
  }
  if (refusal && status.when === 'before') return { reply: refusal, ...cut }
  const reply = await run()
  return { reply: refusal ?? reply, ...cut }
}

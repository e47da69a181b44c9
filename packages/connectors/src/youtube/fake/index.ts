import { authorize } from '../../sandbox/consent.ts'
import { openDocuments } from '../../sandbox/documents.ts'
import { openFaults } from '../../sandbox/faults.ts'
import { plainText, ReplyError } from '../../sandbox/reply.ts'
import type { Sandbox, SandboxDeps, SandboxPost } from '../../sandbox/sandbox.ts'
import { openService, type Request } from '../../sandbox/serve.ts'
import { openSignIn } from '../../sandbox/sign-in.ts'
import { routeApi } from './api.ts'
import { consentRules, signInRules } from './authorize.ts'
import { faultsSchema } from './faults.ts'
import type { Docs, World } from './model.ts'
import { routeToken } from './token.ts'
import { uploadStatus, videoResource } from './video.ts'

const API_HOSTS = ['www.googleapis.com', 'youtube.googleapis.com']
const SIGN_IN_HOST = 'accounts.google.com'
const TOKEN_HOST = 'oauth2.googleapis.com'

/** YouTube, as far as publishing a video needs it. A client id is a Google Cloud project. */
export function createYoutube(deps: SandboxDeps): Sandbox {
  const model = openDocuments<Docs>('youtube', deps.shelf)
  const faults = openFaults('youtube', faultsSchema, deps.shelf)
  const signIn = openSignIn('youtube', signInRules, deps, faults)
  const world: World = { deps, model, faults, signIn, finishing: new Map() }
  return {
    ...openService({
      hosts: [...API_HOSTS, SIGN_IN_HOST, TOKEN_HOST],
      faultsSchema,
      faults,
      route: request => route(request, world)
    }),
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

async function route(request: Request, world: World) {
  const { host, path, req } = request
  if (API_HOSTS.includes(host)) return routeApi(request, world)
  if (host === SIGN_IN_HOST && path === '/o/oauth2/v2/auth' && req.method === 'GET')
    throw new ReplyError(await authorize(request, consentRules, world))
  const call = host === TOKEN_HOST ? await routeToken(request, world) : null
  if (!call) throw new ReplyError(plainText(404, 'Not Found'))
  return call
}

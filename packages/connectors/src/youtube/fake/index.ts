import { authorize } from '../../sandbox/consent.ts'
import { openDocuments } from '../../sandbox/documents.ts'
import { openFaults } from '../../sandbox/faults.ts'
import { plainText, ReplyError } from '../../sandbox/reply.ts'
import type { Sandbox, SandboxDeps } from '../../sandbox/sandbox.ts'
import { openService, type Request } from '../../sandbox/serve.ts'
import { openSignIn } from '../../sandbox/sign-in.ts'
import { routeApi } from './api.ts'
import { consentRules, signInRules } from './authorize.ts'
import { faultsSchema } from './faults.ts'
import type { Docs, World } from './model.ts'
import { listPosts } from './posts.ts'
import { routeToken } from './token.ts'

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
    posts: project => listPosts(project, world),
    async clear(project) {
      for (const { id } of await model.list('session', project)) await deps.bytes.remove(id)
      for (const kind of ['session', 'video', 'thumbnail', 'caption', 'item', 'comment'] as const)
        for (const { id } of await model.list(kind, project)) await model.remove(kind, id)
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

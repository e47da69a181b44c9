import { authorize } from '../../sandbox/consent.ts'
import { openDocuments } from '../../sandbox/documents.ts'
import { openFaults } from '../../sandbox/faults.ts'
import { plainText, ReplyError } from '../../sandbox/reply.ts'
import type { Sandbox, SandboxDeps } from '../../sandbox/sandbox.ts'
import { type Call, openService, type Request } from '../../sandbox/serve.ts'
import { openSignIn } from '../../sandbox/sign-in.ts'
import { routeApi, shown } from './api.ts'
import { faultsSchema } from './faults.ts'
import type { Docs, World } from './model.ts'
import { consentRules, routeToken, signInRules } from './sign-in.ts'

const PAGES = 'www.template.example'
const API = 'api.template.example'

/** Template, as strict as its documents say it is. */
export function createTemplate(deps: SandboxDeps): Sandbox {
  const docs = openDocuments<Docs>('template', deps.shelf)
  const faults = openFaults('template', faultsSchema, deps.shelf)
  const signIn = openSignIn('template', signInRules, deps, faults)
  const world: World = { deps, docs, faults, signIn }
  return {
    ...openService({ hosts: [PAGES, API], faultsSchema, faults, route: request => route(request, world) }),
    async posts(project) {
      const posts = await docs.list('post', project)
      return posts.map(({ id, doc }) => {
        const { account: channel, title, bytes, sha256, createdAt } = doc
        return { id, channel, title, bytes, sha256, createdAt, state: shown(id, doc, deps.now()).state, metadata: doc }
      })
    },
    async clear(project) {
      for (const { id } of await docs.list('upload', project)) {
        await docs.remove('upload', id)
        await deps.bytes.remove(id)
      }
      for (const { id } of await docs.list('post', project)) await docs.remove('post', id)
    }
  }
}

async function route(request: Request, world: World): Promise<Call> {
  const { host, path, req } = request
  if (host === PAGES && path === '/authorize' && req.method === 'GET')
    throw new ReplyError(await authorize(request, consentRules, world))
  const call = host === API ? ((await routeToken(request, world)) ?? (await routeApi(request, world))) : null
  if (!call) throw new ReplyError(plainText(404, 'Not Found'))
  return call
}

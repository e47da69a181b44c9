import { authorize } from '../../sandbox/consent.ts'
import { openDocuments } from '../../sandbox/documents.ts'
import { openFaults } from '../../sandbox/faults.ts'
import { plainText, ReplyError } from '../../sandbox/reply.ts'
import type { Sandbox, SandboxDeps, SandboxPost } from '../../sandbox/sandbox.ts'
import { type Call, openService, type Request } from '../../sandbox/serve.ts'
import { openSignIn, type SignIn } from '../../sandbox/sign-in.ts'
import { routeGraph } from './api.ts'
import { facebookConsent, instagramConsent, signInRules } from './authorize.ts'
import { faultsSchema } from './faults.ts'
import type { Docs, TokenKind, World } from './model.ts'
import { mediaResource } from './read.ts'
import { facebookToken, instagramExchange, instagramToken } from './tokens.ts'
import { routeUpload } from './upload.ts'

const HOSTS = [
  'www.instagram.com',
  'api.instagram.com',
  'graph.instagram.com',
  'www.facebook.com',
  'graph.facebook.com',
  'rupload.facebook.com'
]

/** Instagram's two ways to publish a reel. A client id is an app of Meta, whichever login it uses. */
export function createInstagram(deps: SandboxDeps): Sandbox {
  const model = openDocuments<Docs>('instagram', deps.shelf)
  const faults = openFaults('instagram', faultsSchema, deps.shelf)
  const signIns = Object.fromEntries(
    Object.entries(signInRules).map(([kind, rules]) => [kind, openSignIn(`instagram.${kind}`, rules, deps, faults)])
  ) as Record<TokenKind, SignIn>
  const world: World = { deps, model, faults, signIns, pulls: new Map(), films: new Map(), arriving: new Set() }
  return {
    ...openService({ hosts: HOSTS, faultsSchema, faults, route: request => route(request, world) }),
    async posts(project) {
      const comments = await model.list('comment', project)
      return (await model.list('media', project)).map(
        ({ id, doc }): SandboxPost => ({
          id,
          channel: doc.account,
          title: String(doc.params.caption ?? ''),
          metadata: {
            ...mediaResource(id, doc),
            ...doc.params,
            comments: comments.filter(c => c.doc.media === id).map(c => c.doc.text)
          },
          bytes: doc.bytes,
          sha256: doc.sha256,
          state: 'published',
          createdAt: doc.createdAt
        })
      )
    },
    async clear(project) {
      for (const { id } of await model.list('container', project)) {
        await model.remove('container', id)
        await deps.bytes.remove(id)
      }
      for (const kind of ['media', 'comment', 'ledger'] as const)
        for (const { id } of await model.list(kind, project)) await model.remove(kind, id)
    }
  }
}

function route(request: Request, world: World): Promise<Call> {
  const { host, path, req } = request
  const at = `${req.method} ${host}${path}`
  if (at === 'GET www.instagram.com/oauth/authorize') return consent(request, 'igShort', world)
  if (/^GET www\.facebook\.com\/v\d+\.\d+\/dialog\/oauth$/.test(at)) return consent(request, 'fbShort', world)
  if (at === 'POST api.instagram.com/oauth/access_token') return instagramToken(request, world)
  if (/^GET graph\.instagram\.com\/(refresh_)?access_token$/.test(at)) return instagramExchange(request, world)
  if (/^(GET|POST) graph\.facebook\.com(\/v\d+\.\d+)?\/oauth\/access_token$/.test(at))
    return facebookToken(request, world)
  if (host === 'graph.instagram.com' || host === 'graph.facebook.com') return routeGraph(request, world)
  if (host === 'rupload.facebook.com' && /^(GET|POST)$/.test(req.method ?? '')) return routeUpload(request, world)
  throw new ReplyError(plainText(404, 'Not Found'))
}

async function consent(request: Request, kind: 'igShort' | 'fbShort', world: World): Promise<never> {
  const rules = kind === 'igShort' ? instagramConsent : facebookConsent
  throw new ReplyError(await authorize(request, rules, { ...world, signIn: world.signIns[kind] }))
}

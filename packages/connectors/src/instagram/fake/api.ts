import { json, plainText, type Reply, ReplyError } from '../../sandbox/reply.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import { listComments, writeComment } from './comments.ts'
import { createContainer, readContainer } from './containers.ts'
import { fail, refuse } from './errors.ts'
import { accountsOf, type Caller, isFacebook, type World } from './model.ts'
import { type Params, readParams, textOf } from './params.ts'
import { publish } from './publishing.ts'
import { listMedia, listPages, readLimit, readMe, readMedia } from './read.ts'
import { authenticate, endGrants } from './tokens.ts'
import { forget } from './upload.ts'
import { countCall } from './usage.ts'

/** A request to the Graph API, signed in. */
export interface Signed {
  readonly params: Params
  readonly caller: Caller
  readonly version: string
  /** The address of the request, for the links of pages. */
  readonly address: string
}

type Need = 'basic' | 'publish' | 'comments'
const NEEDS: Readonly<Record<Need, readonly [instagram: string, facebook: string]>> = {
  basic: ['instagram_business_basic', 'instagram_basic'],
  publish: ['instagram_business_content_publish', 'instagram_content_publish'],
  comments: ['instagram_business_manage_comments', 'instagram_manage_comments']
}

/** What a path is: the name that faults know it by, the permission it needs, the account that pays for it, what it does. */
interface Method {
  readonly name: string
  readonly need?: Need
  readonly account?: string
  readonly container?: string
  run(signed: Signed, world: World): Promise<Reply>
}

/** graph.facebook.com and graph.instagram.com, with or without a version. */
export async function routeGraph(request: Request, world: World): Promise<Call> {
  const { req, host, path } = request
  const [, version = 'v25.0', rest = ''] = /^(?:\/(v\d+\.\d+))?\/(.+?)\/?$/.exec(path) ?? []
  const isOnFacebook = host === 'graph.facebook.com'
  const params = await readParams(request)
  const secret = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1] ?? textOf(params, 'access_token')
  const caller = await authenticate(secret, isOnFacebook, world)
  const method = await findMethod(`${req.method} ${rest}`, caller, secret ?? '', world)
  const container = method.container ?? (method.name === 'publish' ? textOf(params, 'creation_id') : undefined)
  const address = `${world.deps.base}/h/${host}/${version}/${rest}`
  return {
    names: [method.name],
    project: caller.project,
    isRead: true,
    fail,
    endGrant: () => endGrants(caller, secret ?? '', world),
    ...(container === undefined ? {} : { forgetSession: () => forget(container, world) }),
    async run() {
      const account = method.account ?? caller.account
      const headers = await countCall(caller.project, account, world)
      try {
        check(method, caller)
        const reply = await method.run({ params, caller, version, address }, world)
        return { ...reply, headers: { ...reply.headers, ...headers } }
      } catch (error) {
        if (!(error instanceof ReplyError)) throw error
        throw new ReplyError({ ...error.reply, headers: { ...error.reply.headers, ...headers } })
      }
    }
  }
}

function check({ need, account }: Method, caller: Caller): void {
  if (account !== undefined && !accountsOf(caller).some(a => a.id === account)) throw refuse(400, 100, 33)
  if (need && !caller.scopes.includes(NEEDS[need][isFacebook(caller.kind) ? 1 : 0])) throw refuse(403, 10)
}

async function findMethod(at: string, caller: Caller, secret: string, world: World): Promise<Method> {
  const [, verb = '', node = '', edge] = /^([A-Z]+) ([^/]+)(?:\/(.+))?$/.exec(at) ?? []
  if (at === 'GET me')
    return { name: 'me', ...(isFacebook(caller.kind) ? {} : { need: 'basic' as const }), run: readMe }
  if (at === 'GET me/accounts') return { name: 'accounts', run: listPages }
  if (at === 'GET me/permissions') return { name: 'permissions', run: readPermissions }
  if (at === 'DELETE me/permissions') return { name: 'revoke', run: (signed, w) => revoke(signed, secret, w) }
  const account = node === 'me' ? caller.account : node
  switch (`${verb} ${edge ?? ''}`) {
    case 'POST media':
      return { name: 'create', need: 'publish', account, run: (signed, w) => createContainer(account, signed, w) }
    case 'GET media':
      return { name: 'list', need: 'basic', account, run: (signed, w) => listMedia(account, signed, w) }
    case 'POST media_publish':
      return { name: 'publish', need: 'publish', account, run: (signed, w) => publish(account, signed, w) }
    case 'GET content_publishing_limit':
      return { name: 'limit', need: 'publish', account, run: (signed, w) => readLimit(account, signed, w) }
  }
  const media = await world.model.get('media', node)
  if (media?.project === caller.project) {
    const { account: owner } = media
    if (verb === 'GET' && edge === undefined)
      return { name: 'media', need: 'basic', account: owner, run: (signed, w) => readMedia(node, media, signed, w) }
    if (edge === 'comments' && verb === 'GET')
      return { name: 'comments', need: 'comments', account: owner, run: (signed, w) => listComments(node, signed, w) }
    if (edge === 'comments' && verb === 'POST')
      return { name: 'comment', need: 'comments', account: owner, run: (s, w) => writeComment(node, media, s, w) }
  }
  if (verb === 'GET' && edge === undefined && /^\d+$/.test(node)) {
    const run: Method['run'] = async (signed, w) => {
      const doc = await w.model.get('container', node)
      if (doc?.project !== caller.project || !accountsOf(caller).some(a => a.id === doc.account))
        throw refuse(400, 100, 33)
      return readContainer(node, doc, signed, w)
    }
    return { name: 'status', need: 'basic', container: node, run }
  }
  throw new ReplyError(verb === 'GET' ? refuse(400, 100, 33).reply : plainText(404, 'Not Found'))
}

async function readPermissions({ caller }: Signed): Promise<Reply> {
  return json(200, { data: caller.scopes.map(permission => ({ permission, status: 'granted' })) })
}

/** The person removes the app. A Page cannot. */
async function revoke({ caller }: Signed, secret: string, world: World): Promise<Reply> {
  if (caller.kind === 'fbPage' || !isFacebook(caller.kind)) throw refuse(400, 100)
  await endGrants(caller, secret, world)
  return json(200, { success: true })
}

import { json, type Reply, readForm } from '../../sandbox/reply.ts'
import { checkClient, digest } from '../../sandbox/secrets.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import type { Code, Refusal } from '../../sandbox/sign-in.ts'
import { fail, refuse, refuseSignIn } from './errors.ts'
import { type Caller, isFacebook, type TokenKind, type World } from './model.ts'

const DAY_MS = 86_400_000
const KINDS: readonly TokenKind[] = ['igShort', 'igLong', 'fbShort', 'fbLong', 'fbPage']

/** Whose token it is. Throws 190 in its many forms. A token of the other login is nobody's here. */
export async function authenticate(secret: string | undefined, isOnFacebook: boolean, world: World): Promise<Caller> {
  if (secret === undefined || secret === '')
    throw refuse(400, 2500, 0, {
      message: 'An active access token must be used to query information about the current user.'
    })
  // graph.instagram.com was seen to answer 401 here.
  const status = isOnFacebook ? 400 : 401
  for (const kind of KINDS.filter(k => isFacebook(k) === isOnFacebook)) {
    const holder = await world.signIns[kind].verify(secret)
    if (holder) return { ...holder, kind }
    if (await world.signIns[kind].ownerOf(secret)) throw refuse(status, 190, 463)
  }
  const dead = await world.model.get('dead', digest(secret))
  throw refuse(status, 190, dead?.subcode ?? 0)
}

/** Every token of the person dies. The one at hand is remembered with the reason. */
export async function endGrants(caller: Caller, secret: string, world: World): Promise<Reply> {
  await world.model.put('dead', digest(secret), { subcode: 458 }, caller.project)
  for (const kind of KINDS) await world.signIns[kind].endGrants(caller)
  return refuse(isFacebook(caller.kind) ? 400 : 401, 190, 458).reply
}

/** POST api.instagram.com/oauth/access_token */
export async function instagramToken({ req }: Request, world: World): Promise<Call> {
  const form = await readForm(req)
  const project = form.get('client_id')
  return {
    names: ['token'],
    project,
    isRead: true,
    fail: (_status, reason = 'An unexpected error has occurred.') => refuseSignIn(reason).reply,
    async run() {
      const client = await checkClient(world.deps, project ?? '', form.get('client_secret') ?? '')
      if (client === 'unknown') throw refuseSignIn('Invalid platform app')
      if (client === 'wrong secret') throw refuseSignIn('Error validating client secret')
      if (form.get('grant_type') !== 'authorization_code') throw refuseSignIn('Invalid grant_type')
      const code = await redeem('igShort', project ?? '', form, world)
      if (typeof code === 'string')
        throw refuseSignIn(
          code === 'redirect'
            ? 'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request'
            : 'Matching code was not found or was already used'
        )
      const { access } = await world.signIns.igShort.issue(code, { isLasting: false })
      const { tokenShape = 'list' } = await world.faults.get(code.project)
      // The account's id for this app, beyond 2^53 and, in the observed shape, bare.
      const id = `99${code.account.slice(2)}`
      const permissions = code.scopes
      if (tokenShape === 'list')
        return json(200, { data: [{ access_token: access, user_id: id, permissions: permissions.join(',') }] })
      const rest = JSON.stringify({ access_token: access, permissions }).slice(1)
      return { ...json(200, {}), body: `{"user_id":${id},${rest}` }
    }
  }
}

const redeem = (kind: TokenKind, project: string, form: URLSearchParams, world: World): Promise<Code | Refusal> =>
  world.signIns[kind].redeem(project, form.get('code') ?? '', {
    redirectUri: form.get('redirect_uri') ?? '',
    verifier: null
  })

/** GET graph.instagram.com/access_token and /refresh_access_token */
export async function instagramExchange({ path, query }: Request, world: World): Promise<Call> {
  const secret = query.get('access_token') ?? ''
  const isRefresh = path === '/refresh_access_token'
  const caller = await authenticate(secret, false, world)
  return {
    names: [isRefresh ? 'refresh' : 'exchange'],
    project: caller.project,
    isRead: true,
    fail,
    endGrant: () => endGrants(caller, secret, world),
    async run() {
      const wanted = isRefresh ? 'ig_refresh_token' : 'ig_exchange_token'
      if (query.get('grant_type') !== wanted) throw refuse(400, 100, 0, { message: 'Unsupported get request' })
      if (caller.kind !== (isRefresh ? 'igLong' : 'igShort')) throw refuse(400, 190)
      if (!isRefresh) {
        const client = await checkClient(world.deps, caller.project, query.get('client_secret') ?? '')
        if (client !== 'known') throw refuse(400, 1, 0, { message: 'Error validating client secret.' })
      } else {
        if (!caller.scopes.includes('instagram_business_basic')) throw refuse(403, 10)
        const { issuedAt } = (await world.signIns.igLong.verify(secret)) ?? { issuedAt: '' }
        if (world.deps.now().getTime() - Date.parse(issuedAt) < DAY_MS)
          throw refuse(400, 100, 0, { message: 'The access token is too young to be refreshed.' })
      }
      return long('igLong', caller, world)
    }
  }
}

async function long(kind: TokenKind, caller: Omit<Caller, 'kind' | 'grant'>, world: World): Promise<Reply> {
  const { access, accessSeconds } = await world.signIns[kind].issue(caller, { isLasting: false })
  return json(200, { access_token: access, token_type: 'bearer', expires_in: accessSeconds })
}

/** GET (and POST, as many clients do) graph.facebook.com/{version}/oauth/access_token */
export async function facebookToken({ req, query }: Request, world: World): Promise<Call> {
  const form = req.method === 'POST' ? await readForm(req) : query
  const project = form.get('client_id') ?? ''
  const isExchange = form.get('grant_type') === 'fb_exchange_token'
  return {
    names: [isExchange ? 'exchange' : 'token'],
    project,
    isRead: true,
    fail,
    async run() {
      const client = await checkClient(world.deps, project, form.get('client_secret') ?? '')
      if (client === 'unknown')
        throw refuse(400, 101, 0, {
          message: 'Error validating application. Cannot get application info due to a system error.'
        })
      if (client === 'wrong secret') throw refuse(400, 1, 0, { message: 'Error validating client secret.' })
      if (isExchange) {
        const caller = await authenticate(form.get('fb_exchange_token') ?? '', true, world)
        if (caller.project !== project || caller.kind === 'fbPage') throw refuse(400, 190)
        return long('fbLong', caller, world)
      }
      const code = await redeem('fbShort', project, form, world)
      if (code === 'redirect')
        throw refuse(400, 100, 36_008, {
          message:
            'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request'
        })
      if (code === 'expired') throw refuse(400, 100, 36_007, { message: 'This authorization code has expired.' })
      if (typeof code === 'string')
        throw refuse(400, 100, 36_009, { message: 'This authorization code has been used.' })
      return long('fbShort', code, world)
    }
  }
}

import { createHash, timingSafeEqual } from 'node:crypto'
import { json, type Reply } from '../../sandbox-http.ts'
import { type Access, type Caller, digest, type Grant, isPast, later, newSecret, type World } from './model.ts'

/** "There is a limit of 100 refresh tokens per Google Account per OAuth 2.0 client ID": identity/protocols/oauth2#expiration */
const MAX_GRANTS = 100
const IDLE_DAYS = 180

const oauthError = (status: number, error: string, description: string): Reply =>
  json(status, { error, error_description: description })

/** POST oauth2.googleapis.com/token. */
export async function token(form: URLSearchParams, world: World): Promise<Reply> {
  const get = (name: string): string => form.get(name) ?? ''
  const clientId = get('client_id')
  const client = await world.deps.project(clientId)
  if (!client || !isSame(client.secret, get('client_secret')))
    return oauthError(401, 'invalid_client', client ? 'Unauthorized' : 'The OAuth client was not found.')
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return redeem(clientId, form, world)
    case 'refresh_token':
      return refresh(clientId, get('refresh_token'), world)
    case null:
      return oauthError(400, 'invalid_request', 'Missing required parameter: grant_type')
    default:
      return oauthError(400, 'unsupported_grant_type', 'Invalid grant_type')
  }
}

async function redeem(project: string, form: URLSearchParams, { model, deps, faults }: World): Promise<Reply> {
  const now = deps.now()
  const id = digest(form.get('code') ?? '')
  let isFresh = false
  // Single use, whatever else is wrong with the request.
  const code = await model.update('code', id, project, doc => {
    isFresh = doc !== null && !doc.used && doc.project === project
    return isFresh && doc ? { ...doc, used: true } : null
  })
  await model.remove('code', id)
  if (!code || !isFresh || isPast(code.expiresAt, now)) return oauthError(400, 'invalid_grant', 'Malformed auth code.')
  if (code.redirectUri !== form.get('redirect_uri')) return oauthError(400, 'redirect_uri_mismatch', 'Bad Request')
  const verifier = form.get('code_verifier') ?? ''
  const proof = createHash('sha256').update(verifier).digest('base64url')
  if (code.challenge !== null && code.challenge !== proof)
    return oauthError(400, 'invalid_grant', verifier === '' ? 'Missing code verifier.' : 'Invalid code verifier.')
  const { lifetimes } = await faults.get(project)
  const { user, channel, scopes } = code
  const all = (await model.list('grant', project)).filter(g => g.doc.user === user)
  if (!code.offline || (all.length > 0 && !code.consent))
    return issue({ project, user, channel, scopes, grant: null }, now, lifetimes?.accessSeconds, model)
  for (const old of all.slice(0, Math.max(0, all.length - MAX_GRANTS + 1))) await model.remove('grant', old.id)
  const refreshToken = newSecret('1//0sandbox-')
  const ends = lifetimes?.refreshSeconds
  const at = now.toISOString()
  const grant: Grant = {
    project,
    user,
    channel,
    scopes,
    issuedAt: at,
    usedAt: at,
    expiresAt: ends === undefined ? null : later(now, ends)
  }
  await model.put('grant', digest(refreshToken), grant, project)
  const caller = { project, user, channel, scopes, grant: digest(refreshToken) }
  const more = { refresh_token: refreshToken, ...(ends === undefined ? {} : { refresh_token_expires_in: ends }) }
  return issue(caller, now, lifetimes?.accessSeconds, model, more)
}

async function refresh(project: string, secret: string, { model, deps, faults }: World): Promise<Reply> {
  const now = deps.now()
  const id = digest(secret)
  const grant = await model.get('grant', id)
  const isIdle = grant !== null && now.getTime() - Date.parse(grant.usedAt) > IDLE_DAYS * 86_400_000
  if (!grant || grant.project !== project || isIdle || (grant.expiresAt !== null && isPast(grant.expiresAt, now)))
    return oauthError(400, 'invalid_grant', 'Token has been expired or revoked.')
  await model.put('grant', id, { ...grant, usedAt: now.toISOString() }, project)
  const { lifetimes } = await faults.get(project)
  return issue({ ...grant, grant: id }, now, lifetimes?.accessSeconds, model)
}

async function issue(
  { project, user, channel, scopes, grant }: Caller,
  now: Date,
  seconds = 3599,
  model: World['model'],
  more = {}
): Promise<Reply> {
  for (const { id, doc } of await model.list('access', project))
    if (isPast(doc.expiresAt, now)) await model.remove('access', id)
  const accessToken = newSecret('ya29.sandbox-')
  const access: Access = { project, user, channel, scopes, grant, expiresAt: later(now, seconds) }
  await model.put('access', digest(accessToken), access, project)
  const body = {
    access_token: accessToken,
    expires_in: seconds,
    scope: scopes.join(' '),
    token_type: 'Bearer',
    ...more
  }
  return json(200, body, { 'cache-control': 'no-store' })
}

/** Whose token it is, access or refresh. */
export async function ownerOf(secret: string, { model }: World): Promise<{ project: string; user: string } | null> {
  const id = digest(secret)
  return (await model.get('access', id)) ?? (await model.get('grant', id))
}

/** Every grant of the user to the project dies, whichever token was named. */
export async function endGrants({ project, user }: { project: string; user: string }, { model }: World): Promise<void> {
  for (const kind of ['grant', 'access'] as const)
    for (const { id, doc } of await model.list(kind, project)) if (doc.user === user) await model.remove(kind, id)
}

/** POST oauth2.googleapis.com/revoke. */
export async function revoke(secret: string, world: World): Promise<Reply> {
  const owner = await ownerOf(secret, world)
  if (!owner) return oauthError(400, 'invalid_token', 'Token expired or revoked')
  await endGrants(owner, world)
  return json(200, {})
}

function isSame(a: string, b: string): boolean {
  const [one, two] = [a, b].map(text => createHash('sha256').update(text).digest())
  return one !== undefined && two !== undefined && timingSafeEqual(one, two)
}

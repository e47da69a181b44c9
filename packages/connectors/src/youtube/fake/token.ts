import { json, type Reply, readForm } from '../../sandbox/reply.ts'
import { checkClient } from '../../sandbox/secrets.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import type { Issued, Refusal } from '../../sandbox/sign-in.ts'
import type { World } from './model.ts'

const oauthError = (status: number, error: string, description: string): Reply =>
  json(status, { error, error_description: description })

/** POST oauth2.googleapis.com/token and /revoke. Null: another path. */
export async function routeToken({ req, path, query }: Request, world: World): Promise<Call | null> {
  if (req.method !== 'POST' || (path !== '/token' && path !== '/revoke')) return null
  const form = await readForm(req)
  const fail: Call['fail'] = (status, reason = 'internal_failure', headers) => json(status, { error: reason }, headers)
  if (path === '/token') {
    const project = form.get('client_id')
    return { names: ['token'], project, isRead: true, fail, run: () => token(form, world) }
  }
  const owner = await world.signIn.ownerOf(form.get('token') ?? query.get('token') ?? '')
  const run = async (): Promise<Reply> => {
    if (!owner) return oauthError(400, 'invalid_token', 'Token expired or revoked')
    await world.signIn.endGrants(owner)
    return json(200, {})
  }
  return { names: ['revoke'], project: owner?.project ?? null, isRead: true, fail, run }
}

async function token(form: URLSearchParams, world: World): Promise<Reply> {
  const clientId = form.get('client_id') ?? ''
  const client = await checkClient(world.deps, clientId, form.get('client_secret') ?? '')
  if (client === 'unknown') return oauthError(401, 'invalid_client', 'The OAuth client was not found.')
  if (client === 'wrong secret') return oauthError(401, 'invalid_client', 'Unauthorized')
  switch (form.get('grant_type')) {
    case 'authorization_code':
      return redeem(clientId, form, world)
    case 'refresh_token': {
      const issued = await world.signIn.refresh(clientId, form.get('refresh_token') ?? '')
      return issued ? answer(issued) : oauthError(400, 'invalid_grant', 'Token has been expired or revoked.')
    }
    case null:
      return oauthError(400, 'invalid_request', 'Missing required parameter: grant_type')
    default:
      return oauthError(400, 'unsupported_grant_type', 'Invalid grant_type')
  }
}

const REFUSALS: Readonly<Record<Refusal, readonly [error: string, description: string]>> = {
  unknown: ['invalid_grant', 'Malformed auth code.'],
  expired: ['invalid_grant', 'Malformed auth code.'],
  redirect: ['redirect_uri_mismatch', 'Bad Request'],
  'verifier missing': ['invalid_grant', 'Missing code verifier.'],
  'verifier wrong': ['invalid_grant', 'Invalid code verifier.']
}

async function redeem(project: string, form: URLSearchParams, { signIn, faults }: World): Promise<Reply> {
  const shown = { redirectUri: form.get('redirect_uri') ?? '', verifier: form.get('code_verifier') }
  const code = await signIn.redeem(project, form.get('code') ?? '', shown)
  if (typeof code === 'string') return oauthError(400, ...REFUSALS[code])
  // A refresh token comes with the first grant, and later only with prompt=consent.
  const isLasting =
    code.kept.isOffline === true && (code.kept.isAsked === true || !(await signIn.hasGrant(project, code.user)))
  const { lifetimes } = await faults.get(project)
  const issued = await signIn.issue(code, { isLasting })
  return answer(issued, isLasting && lifetimes?.refreshSeconds !== undefined)
}

function answer({ access, accessSeconds, holder, refresh, refreshSeconds }: Issued, isLimited = false): Reply {
  const body = {
    access_token: access,
    expires_in: accessSeconds,
    scope: holder.scopes.join(' '),
    token_type: 'Bearer',
    ...(refresh === undefined ? {} : { refresh_token: refresh }),
    ...(isLimited ? { refresh_token_expires_in: refreshSeconds } : {})
  }
  return json(200, body, { 'cache-control': 'no-store' })
}

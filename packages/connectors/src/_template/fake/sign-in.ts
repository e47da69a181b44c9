import type { ConsentRules } from '../../sandbox/consent.ts'
import { json, type Reply, readForm } from '../../sandbox/reply.ts'
import { checkClient } from '../../sandbox/secrets.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import type { Issued, SignInRules } from '../../sandbox/sign-in.ts'
import { accountsOf, type World } from './model.ts'

export const consentRules: ConsentRules = {
  platform: 'Template',
  noun: 'account',
  scopes: ['read', 'publish'],
  accounts: accountsOf
}

export const signInRules: SignInRules = {
  prefixes: { code: 'code-sandbox-', access: 'access-sandbox-', refresh: 'refresh-sandbox-' },
  codeSeconds: 600,
  accessSeconds: 3600,
  refreshSeconds: null
}

/** POST /oauth/token and /oauth/revoke. Null: another path. */
export async function routeToken({ req, path }: Request, world: World): Promise<Call | null> {
  if (req.method !== 'POST' || (path !== '/oauth/token' && path !== '/oauth/revoke')) return null
  const form = await readForm(req)
  const fail: Call['fail'] = (status, reason = 'server_error', headers) => json(status, { error: reason }, headers)
  const run = () => (path === '/oauth/token' ? token(form, world) : revoke(form, world))
  return { names: ['token'], project: form.get('client_id'), isRead: true, fail, run }
}

async function token(form: URLSearchParams, { deps, signIn }: World): Promise<Reply> {
  const project = form.get('client_id') ?? ''
  const client = await checkClient(deps, project, form.get('client_secret') ?? '')
  if (client !== 'known') return json(401, { error: 'invalid_client' })
  if (form.get('grant_type') === 'refresh_token') {
    const issued = await signIn.refresh(project, form.get('refresh_token') ?? '')
    return issued ? answer(issued) : json(400, { error: 'invalid_grant' })
  }
  const shown = { redirectUri: form.get('redirect_uri') ?? '', verifier: form.get('code_verifier') }
  const code = await signIn.redeem(project, form.get('code') ?? '', shown)
  if (typeof code === 'string') return json(400, { error: 'invalid_grant', error_description: code })
  return answer(await signIn.issue(code, { isLasting: true }))
}

async function revoke(form: URLSearchParams, { signIn }: World): Promise<Reply> {
  const owner = await signIn.ownerOf(form.get('token') ?? '')
  if (owner) await signIn.endGrants(owner)
  return json(200, {})
}

const answer = ({ access, accessSeconds, holder, refresh }: Issued): Reply =>
  json(200, {
    access_token: access,
    expires_in: accessSeconds,
    scope: holder.scopes.join(' '),
    token_type: 'Bearer',
    ...(refresh === undefined ? {} : { refresh_token: refresh })
  })

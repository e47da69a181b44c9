import { json, type Reply, readForm } from '../../sandbox/reply.ts'
import { checkClient } from '../../sandbox/secrets.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import type { Issued, Refusal, SignIn } from '../../sandbox/sign-in.ts'
import { oauthError } from './errors.ts'
import type { World } from './model.ts'

/** POST open.tiktokapis.com/v2/oauth/token/ and /revoke/. Null: another path. */
export async function routeToken({ req, path }: Request, world: World): Promise<Call | null> {
  const name = /^\/v2\/oauth\/(token|revoke)\/$/.exec(path)?.[1]
  if (req.method !== 'POST' || name === undefined) return null
  const form = await readForm(req)
  const key = form.get('client_key') ?? ''
  const client = await checkClient(world.deps, key, form.get('client_secret') ?? '')
  const { oauthErrorStatus = 400, keepRefreshTokens } = await world.faults.get(key)
  const signIn = keepRefreshTokens ? world.lenientSignIn : world.signIn
  const no: No = (error, description) => oauthError(oauthErrorStatus, error, description)
  const run = async (): Promise<Reply> => {
    if (client !== 'known') return no('invalid_client', 'Client key or secret is incorrect.')
    return name === 'token' ? token(key, form, signIn, no) : revoke(form, world, no)
  }
  const fail: Call['fail'] = (status, reason = 'server_error', headers) => json(status, { error: reason }, headers)
  return { names: [name], project: client === 'unknown' ? null : key, isRead: true, fail, run }
}

type No = (error: string, description: string) => Reply

const REFUSALS: Readonly<Record<Refusal, readonly [error: string, description: string]>> = {
  unknown: ['invalid_grant', 'Authorization code is expired.'],
  expired: ['invalid_grant', 'Authorization code is expired.'],
  redirect: ['invalid_request', 'Redirect_uri is not matched with the uri when requesting code.'],
  'verifier missing': ['invalid_request', 'Code verifier or code challenge is invalid.'],
  'verifier wrong': ['invalid_request', 'Code verifier or code challenge is invalid.']
}

async function token(key: string, form: URLSearchParams, signIn: SignIn, no: No): Promise<Reply> {
  switch (form.get('grant_type')) {
    case 'authorization_code': {
      const shown = { redirectUri: form.get('redirect_uri') ?? '', verifier: form.get('code_verifier') }
      const code = await signIn.redeem(key, form.get('code') ?? '', shown)
      if (typeof code === 'string') return no(...REFUSALS[code])
      return answer(await signIn.issue(code, { isLasting: true }))
    }
    case 'refresh_token': {
      const secret = form.get('refresh_token') ?? ''
      const issued = await signIn.refresh(key, secret)
      return issued
        ? answer({ refresh: secret, ...issued })
        : no('invalid_grant', 'Refresh token is invalid or expired.')
    }
    case null:
      return no('invalid_request', 'The grant_type is missing.')
    default:
      return no('unsupported_grant_type', 'The grant_type is not supported.')
  }
}

const answer = ({ access, accessSeconds, holder, refresh, refreshSeconds }: Issued): Reply =>
  json(
    200,
    {
      access_token: access,
      expires_in: accessSeconds,
      open_id: holder.account,
      refresh_expires_in: refreshSeconds ?? 15_552_000,
      refresh_token: refresh,
      scope: holder.scopes.join(','),
      token_type: 'Bearer'
    },
    { 'cache-control': 'no-store' }
  )

/** By the access token only. */
async function revoke(form: URLSearchParams, { signIn }: World, no: No): Promise<Reply> {
  const access = await signIn.verify(form.get('token') ?? '')
  if (!access) return no('invalid_request', 'The access token is invalid.')
  await signIn.endGrants(access)
  return json(200, {})
}

import type { App } from '../../app.ts'
import type { UserCaller } from '../../http/caller.ts'
import { newId } from '../../lib/ids.ts'
import { hashToken, newToken } from '../../lib/tokens.ts'
import { jsonSchema } from '../../platforms/form.ts'
import type { Platforms } from '../../platforms/platforms.ts'
import { chooseWay, type Wanted } from '../ways.ts'
import { insertLink } from './queries.ts'
import { readReturnTo } from './return-to.ts'
import { newLinkSecrets, sealSecrets } from './secrets.ts'

/** Seconds from the request for a link to its last use. */
const LIFE = 600

/** A one-time page of ours that leads to the platform, or the fields of the platform's form. */
export async function beginLink(
  app: Pick<App, 'config' | 'database' | 'seal'>,
  platforms: Platforms,
  caller: Pick<UserCaller, 'tenantId' | 'userId'>,
  {
    returnTo,
    choose = false,
    ...wanted
  }: Wanted & { readonly returnTo?: string | undefined; readonly choose?: boolean }
): Promise<{ authorizeUrl: string; expiresAt: string } | { fields: Record<string, unknown> }> {
  const { way, auth } = chooseWay(platforms, caller.tenantId, wanted)
  if (auth.kind === 'form') return { fields: jsonSchema(auth.fields) }
  const return_to = readReturnTo(app.config, returnTo)
  const [id, token, secrets] = [newId(), newToken(), newLinkSecrets()]
  const expiresAt = await insertLink(app.database.db, {
    ...way,
    id,
    user_id: caller.userId,
    token_hash: hashToken(token),
    state_hash: hashToken(secrets.state),
    secrets: sealSecrets(app.seal, id, secrets),
    return_to,
    choose,
    seconds: LIFE
  })
  return {
    authorizeUrl: `${app.config.http.publicUrl}/accounts/link/${token}`,
    expiresAt: expiresAt.toISOString()
  }
}

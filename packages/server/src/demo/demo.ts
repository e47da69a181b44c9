import { randomBytes } from 'node:crypto'
import { hashPassword } from 'better-auth/crypto'
import { linkSandboxAccounts } from '../accounts/links/demo.ts'
import type { App } from '../app.ts'
import { grantHooks } from '../deliveries/grants.ts'
import { generate } from '../keys/service.ts'
import { verifyKey } from '../keys/verify.ts'
import { publicId } from '../lib/ids.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { issueAccessToken } from '../tenants/access-token.ts'
import { signUp } from '../tenants/service.ts'
import { type DemoEnv, readDemoEnv, writeDemoEnv } from './env-file.ts'
import * as queries from './queries.ts'

const EMAIL = 'demo@upload24.example'
/** The platform whose accounts the examples of the documentation use. Of each other one there is one account. */
const PLATFORM = 'youtube'
const QUOTA = 1000
const JWT_SECONDS = 12 * 3600

/**
 * The demo workspace as DATA_DIR/demo.env describes it: made or completed, and the file written anew with a fresh JWT.
 * Goes through the ways that everybody takes, so the API must listen when accounts are missing.
 */
export async function prepareDemo(app: App, platforms: Platforms): Promise<DemoEnv> {
  const before = (await readDemoEnv(app.config.dataDir)) ?? {}
  const { user, password } = await findOrMakeUser(app, before.PASSWORD)
  const accounts = await findOrLinkAccounts(app, platforms, user.tenantId, PLATFORM, 3)
  const [ACCOUNT_1, ACCOUNT_2, ACCOUNT_3] = accounts.map(id => publicId('account', id)) as [string, string, string]
  const env: DemoEnv = {
    BASE_URL: app.config.http.publicUrl,
    JWT: (await issueAccessToken(app, { ...user, role: 'owner' }, JWT_SECONDS)).accessToken,
    API_KEY: await findOrMakeKey(app, user, before.API_KEY),
    ACCOUNT_1,
    ACCOUNT_2,
    ACCOUNT_3,
    ...(await linkOthers(app, platforms, user.tenantId)),
    EMAIL,
    PASSWORD: password
  }
  await writeDemoEnv(app.config.dataDir, env)
  return env
}

/** At a later start: where we are, and a JWT that works. What the user did with the workspace stays as it is. */
export async function refreshDemo(app: App): Promise<void> {
  const before = await readDemoEnv(app.config.dataDir)
  const user = await queries.findDemoUser(app.database.db, EMAIL)
  if (!before || !user) return
  const { accessToken } = await issueAccessToken(app, { ...user, role: 'owner' }, JWT_SECONDS)
  await writeDemoEnv(app.config.dataDir, {
    ...(before as DemoEnv),
    BASE_URL: app.config.http.publicUrl,
    JWT: accessToken
  })
}

async function findOrMakeUser(app: App, known: string | undefined) {
  const { db } = app.database
  const password = known ?? randomBytes(12).toString('base64url')
  const found = await queries.findDemoUser(db, EMAIL)
  if (found) {
    // The file is the only place that knows the password: without it, a new one is set.
    if (!known) await queries.setPasswordHash(db, found.userId, await hashPassword(password))
    return { user: found, password }
  }
  await signUp(app, { email: EMAIL, password, name: 'Demo', workspace: 'Demo workspace' })
  const user = (await queries.findDemoUser(db, EMAIL)) as queries.DemoUser
  await queries.setQuotaLimit(db, user.tenantId, QUOTA)
  return { user, password }
}

async function findOrLinkAccounts(
  app: App,
  platforms: Platforms,
  tenantId: string,
  platform: string,
  count: number
): Promise<string[]> {
  const linked = await queries.listDemoAccounts(app.database.db, tenantId, platform)
  if (linked.length >= count) return linked.slice(0, count)
  await linkSandboxAccounts(app, platforms, grantHooks(app), tenantId, platform, count)
  return (await queries.listDemoAccounts(app.database.db, tenantId, platform)).slice(0, count)
}

/** `ACCOUNT_<PLATFORM>` for every platform that has a sandbox and is linked in a browser. */
async function linkOthers(app: App, platforms: Platforms, tenantId: string) {
  const env: Record<`ACCOUNT_${string}`, string> = {}
  for (const { id, auths } of Object.values(platforms.connectors)) {
    const isLinkedByBrowser = Object.values(auths)[0]?.kind === 'oauth2'
    if (id === PLATFORM || !isLinkedByBrowser || !platforms.sandboxes.get(id)) continue
    const [account] = await findOrLinkAccounts(app, platforms, tenantId, id, 1)
    if (account) env[`ACCOUNT_${id.toUpperCase()}`] = publicId('account', account)
  }
  return env
}

async function findOrMakeKey(
  app: App,
  { userId, tenantId }: queries.DemoUser,
  known: string | undefined
): Promise<string> {
  const isLive =
    known !== undefined &&
    (await verifyKey(app, known).then(
      () => true,
      () => false
    ))
  if (isLive) return known
  const caller = { kind: 'user', userId, tenantId, role: 'owner' } as const
  return (await generate(app, caller, { name: 'Demo' })).key
}

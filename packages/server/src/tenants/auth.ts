import { createHash } from 'node:crypto'
import { betterAuth } from 'better-auth'
import { bearer } from 'better-auth/plugins/bearer'
import { organization } from 'better-auth/plugins/organization'
import { twoFactor } from 'better-auth/plugins/two-factor'
import type { App } from '../app.ts'
import type { Db } from '../db/open.ts'
import { newId } from '../lib/ids.ts'

export type PeopleApp = Pick<App, 'config' | 'database' | 'log' | 'seal'>

const HOUR = 3600
const DAY = 24 * HOUR

export interface AuthOptions {
  /** Where its statements run: the pool, or one transaction, so that ours and its succeed or fail together. */
  readonly db: Db
  /** Stands in for hashing where that was done before the transaction began. */
  readonly hash?: (password: string) => Promise<string>
  readonly sendReset?: (to: { email: string; name: string }, token: string) => Promise<void>
}

export type Auth = ReturnType<typeof createAuth>

/** better-auth on our tables (0001_people.sql). Its own routes are not mounted: ours call its `api`. */
export function createAuth(app: PeopleApp, { db, hash, sendReset }: AuthOptions) {
  const isOneTransaction = db.isTransaction
  return betterAuth({
    appName: 'Upload24',
    baseURL: app.config.http.publicUrl,
    basePath: '/auth',
    secrets: app.seal.deriveAll('sign-in').map(key => ({ version: versionOf(key), value: key.toString('hex') })),
    database: { db: db as never, type: 'postgres', transaction: !isOneTransaction },
    telemetry: { enabled: false },
    logger: { level: 'error', log: (_level, message, ...more) => app.log.error({ cause: describe(more) }, message) },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 10,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: HOUR,
      ...(hash ? { password: { hash } } : {}),
      ...(sendReset ? { sendResetPassword: ({ user, token }) => sendReset(user, token) } : {})
    },
    session: { ...tables.session, expiresIn: 30 * DAY, updateAge: DAY },
    user: tables.user,
    account: tables.account,
    // A copy of the database must not be enough to set somebody's password.
    verification: { ...tables.verification, storeIdentifier: 'hashed' },
    advanced: {
      cookiePrefix: 'upload24',
      useSecureCookies: app.config.http.publicUrl.startsWith('https:'),
      defaultCookieAttributes: { path: '/auth', sameSite: 'strict', httpOnly: true },
      // The first answer to "forgot" must not wait for the mail: its time would tell who has an account.
      backgroundTasks: { handler: task => void task.catch(() => {}) },
      database: { generateId: () => newId(), validateSchema: !isOneTransaction },
      ipAddress: { ipAddressHeaders: ['x-peer-address'] }
    },
    plugins: [
      organization({ schema: tables.organization, creatorRole: 'owner' }),
      twoFactor({ schema: tables.twoFactor }),
      // Ours name the session by the token of its row, where no cookie was sent; a client's own never gets here.
      bearer()
    ]
  })
}

/** better-auth writes it beside what it encrypts: it must not change when a secret moves down the list. 31 bits. */
const versionOf = (key: Buffer): number => createHash('sha256').update(key).digest().readUInt32BE() >>> 1

/** What of an error may stand in the log: never its parameters. */
const describe = (more: unknown[]) =>
  more.flatMap(each => (each instanceof Error ? [{ name: each.name, message: each.message }] : []))

const times = { createdAt: 'created_at', updatedAt: 'updated_at' }
const tables = {
  user: { modelName: 'users', fields: { emailVerified: 'email_verified', ...times } },
  session: {
    modelName: 'user_sessions',
    fields: { userId: 'user_id', expiresAt: 'expires_at', ipAddress: 'ip_address', userAgent: 'user_agent', ...times }
  },
  account: {
    modelName: 'user_credentials',
    fields: {
      userId: 'user_id',
      providerId: 'provider_id',
      accountId: 'account_id',
      accessToken: 'access_token',
      refreshToken: 'refresh_token',
      idToken: 'id_token',
      accessTokenExpiresAt: 'access_token_expires_at',
      refreshTokenExpiresAt: 'refresh_token_expires_at',
      ...times
    }
  },
  verification: { modelName: 'verifications', fields: { expiresAt: 'expires_at', ...times } },
  twoFactor: {
    user: { fields: { twoFactorEnabled: 'two_factor_enabled' } },
    twoFactor: {
      modelName: 'two_factors',
      fields: {
        userId: 'user_id',
        backupCodes: 'backup_codes',
        failedVerificationCount: 'failed_verification_count',
        lockedUntil: 'locked_until'
      }
    }
  },
  organization: {
    organization: { modelName: 'tenants', fields: { createdAt: 'created_at' } },
    member: {
      modelName: 'members',
      fields: { organizationId: 'tenant_id', userId: 'user_id', createdAt: 'created_at' }
    },
    invitation: {
      modelName: 'invitations',
      fields: {
        organizationId: 'tenant_id',
        inviterId: 'inviter_id',
        expiresAt: 'expires_at',
        createdAt: 'created_at'
      },
      // Written by our invitations alone; named so that the check of the schema knows it.
      additionalFields: {
        tokenHash: { type: 'string' as const, fieldName: 'token_hash', input: false, returned: false }
      }
    },
    session: { fields: { activeOrganizationId: 'active_tenant_id' } }
  }
}

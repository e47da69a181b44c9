import { createHash } from 'node:crypto'
import { openDocuments } from './documents.ts'
import type { SignInFaults } from './faults.ts'
import type { TestAccount } from './page.ts'
import type { SandboxDeps } from './sandbox.ts'
import { digest, isPast, later, newSecret } from './secrets.ts'

/** Whom a token speaks for. `grant`: the refresh token that it came from. */
export interface Holder {
  readonly project: string
  readonly user: string
  readonly account: string
  readonly scopes: readonly string[]
  readonly grant: string | null
}

/** An authorization code. `kept`: what the platform wants to remember of the question. */
export interface Code extends Omit<Holder, 'grant'> {
  readonly redirectUri: string
  readonly challenge: string | null
  readonly kept: Readonly<Record<string, unknown>>
  readonly expiresAt: string
}
/** A refresh token. */
export interface Grant extends Omit<Holder, 'grant'> {
  readonly issuedAt: string
  readonly usedAt: string
  readonly expiresAt: string | null
}
export interface Access extends Holder {
  readonly issuedAt: string
  readonly expiresAt: string
}

export interface Issued {
  readonly holder: Holder
  readonly access: string
  readonly accessSeconds: number
  readonly refresh?: string
  /** Absent: it does not end by itself. */
  readonly refreshSeconds?: number
}

/** How the platform's codes and tokens look and live. Seconds; the fault `lifetimes` overrules them. */
export interface SignInRules {
  readonly prefixes: { readonly code: string; readonly access: string; readonly refresh: string }
  readonly codeSeconds: number
  readonly accessSeconds: number
  /** Null: as long as it is used. */
  readonly refreshSeconds: number | null
  readonly idleSeconds?: number
  /** Living refresh tokens of one user; the oldest dies of one too many. */
  readonly maxGrants?: number
  /** A refresh brings a new refresh token, which lives no longer than the first, and ends the old one. */
  readonly rotates?: boolean
  /** From a PKCE verifier to its challenge. Absent: S256. */
  readonly proof?: (verifier: string) => string
}

export type Refusal = 'unknown' | 'expired' | 'redirect' | 'verifier missing' | 'verifier wrong'

export interface SignIn {
  issueCode(code: Omit<Code, 'expiresAt'>): Promise<string>
  /** Uses the code up, whatever else is wrong with the request. */
  redeem(
    project: string,
    code: string,
    shown: { readonly redirectUri: string; readonly verifier: string | null }
  ): Promise<Code | Refusal>
  /** A new access token, and with `isLasting` a new refresh token. */
  issue(
    to: Omit<Holder, 'grant'>,
    how: { readonly isLasting: boolean; readonly accessSeconds?: number }
  ): Promise<Issued>
  /** Null: the refresh token is not known, not this project's, or over. */
  refresh(project: string, secret: string): Promise<Issued | null>
  /** Null: the access token is not known, or over. */
  verify(secret: string): Promise<Access | null>
  /** Whose token it is, access or refresh. */
  ownerOf(secret: string): Promise<Omit<Holder, 'grant'> | null>
  hasGrant(project: string, user: string): Promise<boolean>
  /** Every token of the user for the project dies. */
  endGrants(owner: { readonly project: string; readonly user: string }): Promise<void>
}

export const s256 = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

export function openSignIn(
  platform: string,
  rules: SignInRules,
  deps: SandboxDeps,
  faults: { get(project: string): Promise<SignInFaults> }
): SignIn {
  const docs = openDocuments<{ code: Code; grant: Grant; access: Access }>(platform, deps.shelf)
  const lifetimes = async (project: string) => (await faults.get(project)).lifetimes ?? {}
  const grantsOf = async (project: string, user: string) =>
    (await docs.list('grant', project)).filter(({ doc }) => doc.user === user)

  async function issueAccess(holder: Holder, seconds?: number): Promise<Issued> {
    const now = deps.now()
    const { project } = holder
    for (const { id, doc } of await docs.list('access', project))
      if (isPast(doc.expiresAt, now)) await docs.remove('access', id)
    const accessSeconds = (await lifetimes(project)).accessSeconds ?? seconds ?? rules.accessSeconds
    const access = newSecret(rules.prefixes.access)
    const doc = { ...holder, issuedAt: now.toISOString(), expiresAt: later(now, accessSeconds) }
    await docs.put('access', digest(access), doc, project)
    return { holder, access, accessSeconds }
  }

  /** `expiresAt`: of the token that this one takes the place of. */
  async function addGrant(to: Omit<Holder, 'grant'>, expiresAt?: string | null): Promise<Issued> {
    const now = deps.now()
    const { project, user, account, scopes } = to
    const at = now.toISOString()
    const seconds = (await lifetimes(project)).refreshSeconds ?? rules.refreshSeconds
    const ends = expiresAt ?? (seconds === null ? null : later(now, seconds))
    const refresh = newSecret(rules.prefixes.refresh)
    const grant: Grant = { project, user, account, scopes, issuedAt: at, usedAt: at, expiresAt: ends }
    await docs.put('grant', digest(refresh), grant, project)
    const issued = await issueAccess({ project, user, account, scopes, grant: digest(refresh) })
    const left = ends === null ? {} : { refreshSeconds: Math.round((Date.parse(ends) - now.getTime()) / 1000) }
    return { ...issued, refresh, ...left }
  }

  return {
    async issueCode(code) {
      const secret = newSecret(rules.prefixes.code)
      const seconds = (await lifetimes(code.project)).codeSeconds ?? rules.codeSeconds
      await docs.put('code', digest(secret), { ...code, expiresAt: later(deps.now(), seconds) }, code.project)
      return secret
    },
    async redeem(project, secret, { redirectUri, verifier }) {
      const id = digest(secret)
      const taken = { code: null as (Code & { used?: boolean }) | null }
      await docs.update('code', id, project, doc => {
        const known = doc as (Code & { used?: boolean }) | null
        taken.code = known?.project === project && !known.used ? known : null
        return taken.code && ({ ...taken.code, used: true } as Code)
      })
      const { code } = taken
      if (!code) return 'unknown'
      await docs.remove('code', id)
      if (isPast(code.expiresAt, deps.now())) return 'expired'
      if (code.redirectUri !== redirectUri) return 'redirect'
      if (code.challenge === null) return code
      if (!verifier) return 'verifier missing'
      return (rules.proof ?? s256)(verifier) === code.challenge ? code : 'verifier wrong'
    },
    async issue(to, { isLasting, accessSeconds }) {
      const { project, user, account, scopes } = to
      if (!isLasting) return issueAccess({ project, user, account, scopes, grant: null }, accessSeconds)
      const grants = await grantsOf(project, user)
      const tooMany = Math.max(0, grants.length + 1 - (rules.maxGrants ?? Number.POSITIVE_INFINITY))
      for (const { id } of grants.slice(0, tooMany)) await docs.remove('grant', id)
      return addGrant(to)
    },
    async refresh(project, secret) {
      const now = deps.now()
      const id = digest(secret)
      const grant = await docs.get('grant', id)
      if (!grant || grant.project !== project) return null
      const idle = (now.getTime() - Date.parse(grant.usedAt)) / 1000
      const isOver = grant.expiresAt !== null && isPast(grant.expiresAt, now)
      if (isOver || idle > (rules.idleSeconds ?? Number.POSITIVE_INFINITY)) return null
      if (rules.rotates) {
        await docs.remove('grant', id)
        return addGrant(grant, grant.expiresAt)
      }
      await docs.put('grant', id, { ...grant, usedAt: now.toISOString() }, project)
      const { user, account, scopes } = grant
      return issueAccess({ project, user, account, scopes, grant: id })
    },
    async verify(secret) {
      const access = await docs.get('access', digest(secret))
      return access && !isPast(access.expiresAt, deps.now()) ? access : null
    },
    ownerOf: async secret => (await docs.get('access', digest(secret))) ?? (await docs.get('grant', digest(secret))),
    hasGrant: async (project, user) => (await grantsOf(project, user)).length > 0,
    async endGrants({ project, user }) {
      for (const kind of ['grant', 'access'] as const)
        for (const { id, doc } of await docs.list(kind, project)) if (doc.user === user) await docs.remove(kind, id)
    }
  }
}

/** The accounts that a project is born with. `make` gives the n-th, from 1. */
export const makeAccounts = <A extends TestAccount>(count: number, make: (n: number) => A): readonly A[] =>
  Array.from({ length: count }, (_, at) => make(at + 1))

import type { Documents } from '../../sandbox/documents.ts'
import type { FaultBook } from '../../sandbox/faults.ts'
import type { TestAccount } from '../../sandbox/page.ts'
import type { SandboxDeps } from '../../sandbox/sandbox.ts'
import { digest } from '../../sandbox/secrets.ts'
import { makeAccounts, type SignIn } from '../../sandbox/sign-in.ts'
import type { TemplateFaults } from './faults.ts'

export interface UploadDoc {
  readonly account: string
  readonly bytes: number
  readonly type: string
  readonly createdAt: string
}
export interface PostDoc {
  readonly account: string
  readonly title: string
  readonly description: string
  readonly visibility: string
  readonly bytes: number
  readonly sha256: string
  readonly createdAt: string
  readonly seconds: number
  readonly reason?: string | undefined
}
/** Kinds of documents on the shelf. */
export interface Docs {
  upload: UploadDoc
  post: PostDoc
}

/** What every part of the platform works with. */
export interface World {
  readonly deps: SandboxDeps
  readonly docs: Documents<Docs>
  readonly faults: FaultBook<TemplateFaults>
  readonly signIn: SignIn
}

/** The accounts that a project is born with, each of its own test user. */
export const accountsOf = (project: string): readonly TestAccount[] =>
  makeAccounts(3, n => ({
    id: digest(`${project}/account/${n}`).slice(0, 16),
    user: `sandbox-user-${n}@example.test`,
    name: `Sandbox account ${n}`,
    handle: `@sandbox-${n}`
  }))

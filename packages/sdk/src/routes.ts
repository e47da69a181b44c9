import type { Kind, Routes } from './contract.ts'

type RoutesOf<K extends Kind> = { [R in keyof Routes]: Routes[R]['kind'] extends K ? R : never }[keyof Routes]

/** How an endpoint is asked. `isRepeatable`: asking twice does no more than asking once. */
export interface Route<R extends keyof Routes = keyof Routes> {
  readonly route: R
  readonly kind: Kind
  readonly isRepeatable: boolean
}

const of =
  <K extends Kind>(kind: K) =>
  <R extends RoutesOf<K>>(route: R): Route<R> => ({
    route,
    kind,
    isRepeatable: kind === 'keyed' || kind === 'form' || /^(GET|PUT) /.test(route)
  })

const plain = of('plain')
const keyed = of('keyed')
const open = of('open')
const form = of('form')
/** A POST that reads, or that has no further effect when it is repeated. */
const repeatable = <R extends RoutesOf<'plain'>>(route: R): Route<R> => ({ route, kind: 'plain', isRepeatable: true })

/** The methods of the client, one line for each endpoint. A route that the contract does not know is no type. */
export const routes = {
  keys: {
    generate: keyed('POST /api-keys/generate'),
    list: plain('GET /api-keys'),
    rotate: keyed('POST /api-keys/{id}/rotate'),
    revoke: plain('DELETE /api-keys/{id}')
  },
  uploads: {
    form: form('POST /api/upload'),
    presignPut: keyed('POST /api/upload/presign-put'),
    multipart: keyed('POST /api/upload/multipart'),
    resume: repeatable('POST /api/upload/resume'),
    complete: keyed('POST /api/upload/complete'),
    abort: repeatable('POST /api/upload/abort'),
    import: keyed('POST /api/upload/import'),
    importStatus: plain('GET /api/upload/import/{importId}'),
    check: repeatable('POST /api/upload/check'),
    status: plain('GET /api/upload/{uploadId}/status'),
    attempts: plain('GET /api/upload/{uploadId}/attempts'),
    list: plain('GET /uploads'),
    change: plain('PATCH /api/upload/{uploadId}'),
    cancel: keyed('POST /api/upload/{uploadId}/cancel'),
    retry: keyed('POST /api/upload/{uploadId}/retry'),
    resolve: keyed('POST /api/upload/{uploadId}/resolve'),
    delete: plain('DELETE /api/upload/{uploadId}')
  },
  files: {
    upload: form('POST /api/files')
  },
  quota: {
    read: plain('GET /quota')
  },
  platforms: {
    list: plain('GET /platforms')
  },
  accounts: {
    link: keyed('POST /accounts/link'),
    connect: keyed('POST /accounts'),
    list: plain('GET /accounts'),
    choices: plain('GET /accounts/{id}/choices'),
    unlink: plain('DELETE /accounts/{id}')
  },
  sandbox: {
    posts: plain('GET /sandbox/{platform}/posts'),
    clear: plain('DELETE /sandbox/{platform}/posts'),
    faults: plain('GET /sandbox/{platform}/faults'),
    setFaults: plain('PUT /sandbox/{platform}/faults')
  },
  people: {
    signUp: open('POST /auth/sign-up'),
    signIn: open('POST /auth/sign-in'),
    refresh: open('POST /auth/refresh'),
    signOut: open('POST /auth/sign-out'),
    switchTenant: plain('POST /auth/switch'),
    forgotPassword: open('POST /auth/forgot'),
    resetPassword: open('POST /auth/reset')
  },
  workspace: {
    members: plain('GET /workspace/members'),
    invite: keyed('POST /workspace/invitations')
  }
} as const

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
    description: plain('GET /api/upload/{uploadId}'),
    attempts: plain('GET /api/upload/{uploadId}/attempts'),
    list: plain('GET /uploads'),
    calendar: plain('GET /uploads/calendar'),
    summary: plain('GET /uploads/summary'),
    change: plain('PATCH /api/upload/{uploadId}'),
    cancel: keyed('POST /api/upload/{uploadId}/cancel'),
    retry: keyed('POST /api/upload/{uploadId}/retry'),
    resolve: keyed('POST /api/upload/{uploadId}/resolve'),
    dismiss: repeatable('POST /api/upload/{uploadId}/dismiss'),
    delete: plain('DELETE /api/upload/{uploadId}')
  },
  files: {
    upload: form('POST /api/files')
  },
  quota: {
    read: plain('GET /quota'),
    usage: plain('GET /quota/usage')
  },
  platforms: {
    list: plain('GET /platforms')
  },
  accounts: {
    link: keyed('POST /accounts/link'),
    connect: keyed('POST /accounts'),
    pendingLink: plain('GET /accounts/links/{linkId}'),
    adopt: keyed('POST /accounts/links/{linkId}'),
    list: plain('GET /accounts'),
    health: plain('GET /accounts/health'),
    options: plain('GET /accounts/{id}/options'),
    choices: plain('GET /accounts/{id}/choices'),
    unlink: plain('DELETE /accounts/{id}')
  },
  sandbox: {
    list: plain('GET /sandbox'),
    posts: plain('GET /sandbox/{platform}/posts'),
    clear: plain('DELETE /sandbox/{platform}/posts'),
    faults: plain('GET /sandbox/{platform}/faults'),
    setFaults: plain('PUT /sandbox/{platform}/faults')
  },
  people: {
    signUpPolicy: open('GET /auth/sign-up'),
    signUp: open('POST /auth/sign-up'),
    signIn: open('POST /auth/sign-in'),
    refresh: open('POST /auth/refresh'),
    signOut: open('POST /auth/sign-out'),
    switchTenant: plain('POST /auth/switch'),
    forgotPassword: open('POST /auth/forgot'),
    resetPassword: open('POST /auth/reset'),
    invitation: open('GET /auth/invitations/{token}'),
    acceptInvitation: plain('POST /auth/invitations/{token}/accept')
  },
  me: {
    read: plain('GET /auth/me'),
    change: plain('PATCH /auth/me'),
    changePassword: plain('POST /auth/password'),
    sessions: plain('GET /auth/sessions'),
    endSession: plain('DELETE /auth/sessions/{sessionId}'),
    endSessions: plain('DELETE /auth/sessions')
  },
  twoFactor: {
    read: plain('GET /auth/two-factor'),
    begin: plain('POST /auth/two-factor'),
    confirm: plain('POST /auth/two-factor/confirm'),
    disable: plain('POST /auth/two-factor/disable'),
    renewBackupCodes: plain('POST /auth/two-factor/backup-codes')
  },
  workspace: {
    create: keyed('POST /workspaces'),
    read: plain('GET /workspace'),
    change: plain('PATCH /workspace'),
    leave: plain('POST /workspace/leave'),
    members: plain('GET /workspace/members'),
    changeMember: plain('PATCH /workspace/members/{userId}'),
    removeMember: plain('DELETE /workspace/members/{userId}'),
    invitations: plain('GET /workspace/invitations'),
    invite: keyed('POST /workspace/invitations'),
    resendInvitation: plain('POST /workspace/invitations/{invitationId}/resend'),
    revokeInvitation: plain('DELETE /workspace/invitations/{invitationId}')
  }
} as const

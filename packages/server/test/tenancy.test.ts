import assert from 'node:assert/strict'
import { test } from 'node:test'
import { endpoints } from '@upload24/contract'
import { newId, publicId } from '../src/lib/ids.ts'
import { testDatabase } from './database.ts'
import { until } from './processes.ts'
import { type Answer, type Asked, FILM, faultsOf, form, openUploadWorld } from './upload-world.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const [ours, theirs] = [await world.newTenant(), await world.newTenant()]

/** What the other workspace has; all that its ids can be tried on. */
async function furnish() {
  const [account = ''] = theirs.accounts
  const about = {
    title: 'Theirs',
    accounts: [account],
    fileName: 'film.mp4',
    fileSize: FILM.length,
    contentType: 'video/mp4'
  }
  const { sessionToken, uploadUrl } = (await theirs.post('/api/upload/presign-put', about)).body
  await world.send('PUT', uploadUrl, { body: FILM, headers: { 'content-type': 'video/mp4' } })
  const upload = (await theirs.post('/api/upload', form({ title: 'Theirs', accounts: account }))).body
    .uploadId as string
  const { id: key } = (await theirs.asOwner('POST', '/api-keys/generate', { body: { name: 'Theirs' } })).body
  const fetched = { title: 'Theirs', accounts: [account], url: 'https://example.com/film.mp4' }
  const { importId } = (await theirs.post('/api/upload/import', fetched)).body
  const link = newId()
  await database.pool.query(
    `insert into links (id, tenant_id, user_id, platform, sandbox, auth, token_hash, state_hash, secrets, expires_at,
       offer, offer_until)
     values ($1, $2, $3, 'instagram', true, 'facebook', sha256('a'), sha256('b'), '', now(), '', now() + interval '1 hour')`,
    [link, theirs.tenantId, theirs.userId]
  )
  await theirs.asOwner('PUT', '/sandbox/youtube/faults', { body: { delayMs: 1 } })
  const asked = { body: { email: 'invited-by-them@example.com' } }
  const invited = (await theirs.asOwner('POST', '/workspace/invitations', asked)).body
  const session = newId()
  await database.pool.query(
    `insert into user_sessions (id, user_id, token, expires_at) values ($1, $2, 'theirs', now() + interval '1 day')`,
    [session, theirs.userId]
  )
  // No request waits until the use of its key is written down.
  await until(async () => {
    const used = 'select from api_keys where tenant_id = $1 and last_used_at is not null'
    return (await database.pool.query(used, [theirs.tenantId])).rows.length > 0
  }, 'the use of the key')
  return {
    user: publicId('user', theirs.userId),
    invitation: invited.id as string,
    invitationToken: new URL(invited.url).searchParams.get('invitation') as string,
    session: publicId('signin', session),
    account,
    about,
    sessionToken: sessionToken as string,
    upload,
    key: key as string,
    fetched,
    importId: importId as string,
    link: publicId('link', link)
  }
}
const their = await furnish()
const tenantOf = publicId('tenant', theirs.tenantId)

interface Try extends Asked {
  readonly path?: string
  /** Nothing of theirs is in the answer, and it is no refusal: our own, or nothing. */
  readonly expect: 404 | 422 | 'ours alone'
  readonly fault?: string
}

/** How each endpoint would reach what is theirs. A new endpoint belongs here or in `reachless`. */
const tries: Readonly<Record<string, readonly Try[]>> = {
  generateKey: [{ body: { accounts: [their.account] }, expect: 422, fault: 'accounts[0] not_found' }],
  listKeys: [{ expect: 'ours alone' }],
  rotateKey: [{ path: `/api-keys/${their.key}/rotate`, body: {}, expect: 404 }],
  revokeKey: [{ path: `/api-keys/${their.key}`, expect: 404 }],
  formUpload: [
    { body: form({ title: 'Ours', accounts: their.account }), expect: 422, fault: 'accounts[0] account_not_found' }
  ],
  presignPut: [{ body: their.about, expect: 422, fault: 'accounts[0] account_not_found' }],
  multipartUpload: [{ body: their.about, expect: 422, fault: 'accounts[0] account_not_found' }],
  resumeUpload: [{ body: { sessionToken: their.sessionToken }, expect: 404 }],
  completeUpload: [{ body: { sessionToken: their.sessionToken, parts: [] }, expect: 404 }],
  abortUpload: [{ body: { sessionToken: their.sessionToken }, expect: 404 }],
  checkUpload: [{ body: { title: 'Ours', accounts: ours.accounts, sessionToken: their.sessionToken }, expect: 404 }],
  importUpload: [{ body: their.fetched, expect: 422, fault: 'accounts[0] account_not_found' }],
  importStatus: [{ path: `/api/upload/import/${their.importId}`, expect: 404 }],
  uploadStatus: [{ path: `/api/upload/${their.upload}/status`, expect: 404 }],
  uploadDescription: [{ path: `/api/upload/${their.upload}`, expect: 404 }],
  uploadAttempts: [{ path: `/api/upload/${their.upload}/attempts`, expect: 404 }],
  listUploads: [
    { expect: 'ours alone' },
    { path: `/uploads?accountId=${their.account}`, expect: 'ours alone' },
    { path: `/uploads?cursor=${their.upload}`, expect: 'ours alone' }
  ],
  uploadCalendar: [
    { path: '/uploads/calendar?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z', expect: 'ours alone' },
    {
      path: `/uploads/calendar?from=2026-01-01T00:00:00Z&to=2027-01-01T00:00:00Z&accountId=${their.account}`,
      expect: 'ours alone'
    }
  ],
  uploadSummary: [{ expect: 'ours alone' }],
  dismissUpload: [{ path: `/api/upload/${their.upload}/dismiss`, expect: 404 }],
  changeUpload: [{ path: `/api/upload/${their.upload}`, body: { title: 'Ours' }, expect: 404 }],
  cancelUpload: [{ path: `/api/upload/${their.upload}/cancel`, body: {}, expect: 404 }],
  retryUpload: [{ path: `/api/upload/${their.upload}/retry`, body: {}, expect: 404 }],
  resolveUpload: [
    { path: `/api/upload/${their.upload}/resolve`, body: { accountId: their.account, live: true }, expect: 404 }
  ],
  deleteUpload: [{ path: `/api/upload/${their.upload}`, expect: 404 }],
  events: [{ path: '/events?follow=false&since=2020-01-01T00:00:00Z', expect: 'ours alone' }],
  quota: [{ expect: 'ours alone' }],
  quotaUsage: [{ expect: 'ours alone' }],
  listAccounts: [{ expect: 'ours alone' }],
  accountHealth: [{ expect: 'ours alone' }],
  accountOptions: [{ path: `/accounts/${their.account}/options`, expect: 404 }],
  pendingLink: [{ path: `/accounts/links/${their.link}`, expect: 404 }],
  adoptAccounts: [{ path: `/accounts/links/${their.link}`, body: { choices: ['page-1'] }, expect: 404 }],
  accountChoices: [{ path: `/accounts/${their.account}/choices?field=privacyStatus`, expect: 404 }],
  unlinkAccount: [{ path: `/accounts/${their.account}`, expect: 404 }],
  listSandboxes: [{ expect: 'ours alone' }],
  sandboxPosts: [{ path: '/sandbox/youtube/posts', expect: 'ours alone' }],
  clearSandboxPosts: [{ path: '/sandbox/youtube/posts', expect: 'ours alone' }],
  readSandboxFaults: [{ path: '/sandbox/youtube/faults', expect: 'ours alone' }],
  setSandboxFaults: [{ path: '/sandbox/youtube/faults', body: {}, expect: 'ours alone' }],
  switchTenant: [{ body: { tenantId: tenantOf }, expect: 404 }],
  listMembers: [{ expect: 'ours alone' }],
  changeMember: [{ path: `/workspace/members/${their.user}`, body: { role: 'viewer' }, expect: 404 }],
  removeMember: [{ path: `/workspace/members/${their.user}`, expect: 404 }],
  listInvitations: [{ expect: 'ours alone' }],
  resendInvitation: [{ path: `/workspace/invitations/${their.invitation}/resend`, expect: 404 }],
  revokeInvitation: [{ path: `/workspace/invitations/${their.invitation}`, expect: 404 }],
  acceptInvitation: [
    {
      path: `/auth/invitations/${their.invitationToken}/accept`,
      expect: 422,
      fault: 'invitation invalid_value'
    }
  ],
  readWorkspace: [{ expect: 'ours alone' }],
  changeWorkspace: [{ body: { timezone: 'UTC' }, expect: 'ours alone' }],
  createWorkspace: [{ body: { name: 'Ours too' }, expect: 'ours alone' }],
  readMe: [{ expect: 'ours alone' }],
  listSessions: [{ expect: 'ours alone' }],
  endSession: [{ path: `/auth/sessions/${their.session}`, expect: 404 }],
  endSessions: [{ expect: 'ours alone' }]
}

/** These take no id of a workspace's things, and answer with none: they make a link, or are for people before sign-in. */
const reachless = [
  'uploadFile',
  'listPlatforms',
  'linkAccount',
  'connectAccount',
  'signUp',
  'signIn',
  'refresh',
  'signOut',
  'forgotPassword',
  'resetPassword',
  'inviteMember',
  'signUpPolicy',
  'readInvitation',
  'changeMe',
  'changePassword',
  'readTwoFactor',
  'beginTwoFactor',
  'confirmTwoFactor',
  'disableTwoFactor',
  'renewBackupCodes',
  'leaveWorkspace'
]

test('every endpoint of the contract is tried, or has nothing to try', () => {
  const known = [...Object.keys(tries), ...reachless].sort()
  assert.deepEqual(known, endpoints.map(endpoint => endpoint.id).sort())
})

/** All rows of the other workspace, as text. */
async function readTheirs(): Promise<string> {
  const { rows: tables } = await database.pool.query<{ name: string }>(
    `select distinct table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'tenant_id' order by 1`
  )
  const dumps: string[] = []
  for (const { name } of tables) {
    const { rows } = await database.pool.query(
      `select t::text as row from ${name} t where t.tenant_id = $1 order by 1`,
      [theirs.tenantId]
    )
    dumps.push(name, ...rows.map(each => each.row))
  }
  const { rows } = await database.pool.query(
    'select d::text as row from sandbox_documents d where project like $1 order by 1',
    [`%${theirs.tenantId}%`]
  )
  return [...dumps, ...rows.map(each => each.row)].join('\n')
}

const names = [
  their.account,
  their.upload,
  their.importId,
  their.key,
  their.sessionToken,
  their.user,
  their.invitation,
  their.session,
  tenantOf,
  theirs.tenantId,
  'Theirs'
]

for (const endpoint of endpoints) {
  for (const { path = endpoint.path, expect, fault, ...asked } of tries[endpoint.id] ?? []) {
    const credentials: Record<string, string>[] = [ours.bearer]
    if (endpoint.access.who === 'bearer or key') credentials.push({ 'x-api-key': ours.key })
    for (const headers of credentials) {
      const with_ = 'x-api-key' in headers ? 'a key' : 'a token'
      test(`${endpoint.method} ${path.replace(/_[0-9a-z]{26}/, '_…')} with ${with_} of another workspace changes and tells nothing`, async () => {
        const before = await readTheirs()
        const answer: Answer = await ours.ask(endpoint.method, path, { ...asked, headers })
        const said = JSON.stringify(answer.body)
        if (expect === 'ours alone') {
          assert.ok(answer.status < 300, said)
          for (const name of names) assert.ok(!said?.includes(name), `${name} in ${said}`)
        } else {
          assert.equal(answer.status, expect, said)
          assert.equal(answer.body.code, expect === 404 ? 'not_found' : 'validation_failed')
          if (fault) assert.deepEqual(faultsOf(answer), [fault])
        }
        assert.equal(await readTheirs(), before)
      })
    }
  }
}

test('what is absent and what is theirs are told in the same words', async () => {
  const pairs: [theirs: string, absent: string][] = [
    [`/api/upload/${their.upload}/status`, `/api/upload/upload_${'0'.repeat(26)}/status`],
    [`/accounts/${their.account}/choices?field=x`, `/accounts/account_${'0'.repeat(26)}/choices?field=x`]
  ]
  for (const [one, other] of pairs) {
    const [{ body: first }, { body: second }] = [await ours.ask('GET', one), await ours.ask('GET', other)]
    assert.deepEqual({ ...first, requestId: '' }, { ...second, requestId: '' })
  }
})

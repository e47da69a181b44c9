import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Endpoint, endpoints, type Role, roles, scopes } from '@upload24/contract'
import { newId, publicId } from '../src/lib/ids.ts'
import { issueAccessToken } from '../src/tenants/access-token.ts'
import { testDatabase } from './database.ts'
import { readEvents } from './event-reader.ts'
import { form, openUploadWorld } from './upload-world.ts'

const database = await testDatabase()
const world = await openUploadWorld(database)
const ours = await world.newTenant()
const { pool } = database

/** The token of a new member of the workspace, who signed in. */
async function newMember(role: Role, userId = newId()): Promise<string> {
  const sessionId = newId()
  await pool.query('insert into users (id, name, email) values ($1::uuid, $2, $1::text)', [userId, 'Ada'])
  await pool.query('insert into members (id, tenant_id, user_id, role) values ($1, $2, $3, $4)', [
    newId(),
    ours.tenantId,
    userId,
    role
  ])
  await pool.query(
    `insert into user_sessions (id, user_id, token, expires_at) values ($1::uuid, $2, $1::text, now() + interval '1 day')`,
    [sessionId, userId]
  )
  return (await issueAccessToken(world.app, { userId, sessionId, tenantId: ours.tenantId, role })).accessToken
}

/** The request without anything that would make it do something, where the endpoint asks for anything. */
const call = ({ method, path, stream }: Endpoint, headers: Record<string, string>) =>
  world.send(method, path.replaceAll(/[{}]/g, '') + (stream ? '?follow=false' : ''), { headers })

for (const endpoint of endpoints) {
  const { access, method, path } = endpoint
  if (access.who === 'anyone') continue
  test(`${method} ${path} asks for the role ${access.role}, no less and no more`, async () => {
    for (const role of roles) {
      const answer = await call(endpoint, { authorization: `Bearer ${await newMember(role)}` })
      const said = `${role}: ${answer.status} ${JSON.stringify(answer.body)}`
      if (roles.indexOf(role) <= roles.indexOf(access.role)) {
        assert.ok(answer.status !== 401 && answer.status !== 403 && answer.status < 500, said)
      } else assert.deepEqual([answer.status, answer.body.code], [403, 'role_missing'], said)
    }
  })
}

test('a key does what its scopes say, and nothing that asks for a person', async () => {
  for (const scope of scopes) {
    const body = { scopes: scopes.filter(each => each !== scope) }
    const { key } = (await ours.asOwner('POST', '/api-keys/generate', { body })).body
    for (const endpoint of endpoints) {
      const { access, method, path } = endpoint
      if (access.who === 'anyone' || (access.who === 'bearer or key' && access.scope !== scope)) continue
      const { status, body } = await call(endpoint, { 'x-api-key': key })
      const code = access.who === 'bearer' ? 'bearer_required' : 'scope_missing'
      assert.deepEqual([status, body.code], [403, code], `${method} ${path} without ${scope}`)
    }
  }
})

test('a stream of events that a removed member has open ends before it tells of anything more', async () => {
  const userId = newId()
  const headers = { authorization: `Bearer ${await newMember('viewer', userId)}` }
  const reader = await readEvents(`${world.base}/events`, headers)
  const send = () => ours.post('/api/upload', form({ title: 'Film', accounts: ours.accounts[0] as string }))
  await send()
  await reader.waitFor(1)
  const { status } = await ours.asOwner('DELETE', `/workspace/members/${publicId('user', userId)}`)
  assert.equal(status, 204)
  const { uploadId } = (await send()).body
  await reader.ended
  assert.ok(!JSON.stringify(reader.received).includes(uploadId))
})

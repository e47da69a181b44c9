import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { NOTHING } from '../src/events/position.ts'
import { openStream, type Reading } from '../src/events/stream.ts'
import { readId } from '../src/lib/ids.ts'
import type { TestDatabase } from './database.ts'
import { type EventReader, readEvents } from './event-reader.ts'
import { form, openUploadWorld, type Tenant } from './upload-world.ts'

/** The API, readers of its events, and the hands of a test on what they tell of. */
export async function openEventWorld(database: TestDatabase) {
  const { pool } = database
  const world = await openUploadWorld(database)

  const open = (tenant: Tenant, { query = '', last }: { query?: string; last?: string | undefined } = {}) =>
    readEvents(`${world.base}/events${query}`, {
      'x-api-key': tenant.key,
      ...(last === undefined ? {} : { 'last-event-id': last })
    })

  /** One stream from the beginning, at an address of its own and as told. Nobody tells it of new events. */
  async function serve({ tenantId, userId }: Tenant, as: Partial<Reading>) {
    const stream = await openStream({
      app: world.app,
      hub: { subscribe: async () => () => {}, close: async () => {} },
      caller: { kind: 'user', tenantId, userId, role: 'owner' },
      from: { seen: NOTHING, until: null, after: 0 },
      types: undefined,
      follow: true,
      authenticate: async () => {},
      ...as
    })
    const { promise: response, resolve } = Promise.withResolvers<ServerResponse>()
    const server = createServer((_, response) => {
      resolve(response)
      void stream.run(response).then(() => server.close())
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    return { port: (server.address() as AddressInfo).port, response, ended: once(server, 'close') }
  }

  /** An upload, and its deliveries' row ids. */
  async function upload(tenant: Tenant, fields: Record<string, string> = {}) {
    const { status, body } = await tenant.post(
      '/api/upload',
      form({ title: 'A', accounts: tenant.accounts, ...fields })
    )
    assert.equal(status, 201, JSON.stringify(body))
    const { rows } = await pool.query('select id from deliveries where upload_id = $1 order by position', [
      readId('upload', body.uploadId)
    ])
    return { uploadId: body.uploadId as string, deliveries: rows.map(row => row.id as string) }
  }

  const change = (id: string, columns: string) => pool.query(`update deliveries set ${columns} where id = $1`, [id])

  return { world, open, serve, upload, change }
}

export const typesOf = ({ received }: EventReader) => received.map(({ event }) => event)

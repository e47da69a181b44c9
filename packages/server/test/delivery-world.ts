import { after } from 'node:test'
import { connectors } from '@upload24/connectors'
import { pino } from 'pino'
import { readConfig } from '../src/config.ts'
import { newId } from '../src/lib/ids.ts'
import { createStopper } from '../src/lifecycle/stop.ts'
import { startSystem } from '../src/system.ts'
import { issueAccessToken } from '../src/tenants/access-token.ts'
import type { TestDatabase } from './database.ts'
import { makeFolder } from './processes.ts'
import { openWire } from './wire.ts'
import { openWorkspace } from './workspace.ts'
import { freePort } from './world.ts'

/** The whole system in this process, behind a recorder. */
export async function openDeliveryWorld(database: TestDatabase) {
  const { pool, connection } = database
  const folder = await makeFolder()
  const port = await freePort()
  const wire = await openWire(`http://127.0.0.1:${port}`)
  const config = readConfig(
    {
      NODE_ENV: 'test',
      SECRET_KEY: 'a secret of more than thirty-two characters',
      DATA_DIR: folder.path,
      PORT: String(port),
      PUBLIC_URL: wire.base,
      QUOTA_DEFAULT: '1000'
    },
    Object.values(connectors)
  )
  // What is left behind would write into a folder that is removed.
  const stopper = createStopper({ say: console.error, budget: 60_000 })
  const log = pino({ level: 'error' })
  const { app, platforms } = await startSystem({ config, log, database, connection }, stopper.open)
  after(async () => {
    await stopper.stop()
    await wire.close()
    await folder.remove()
  })

  /** A workspace with its owner, and the hands of a test on its rows. */
  async function newWorkspace() {
    const [tenantId, userId] = [newId(), newId()]
    await pool.query('insert into tenants (id, name, slug) values ($1, $2, $3)', [tenantId, 'Engines', tenantId])
    await pool.query('insert into users (id, name, email) values ($1, $2, $3)', [
      userId,
      'Ada',
      `${userId}@example.com`
    ])
    await pool.query(`insert into members (id, tenant_id, user_id, role) values ($1, $2, $3, 'owner')`, [
      newId(),
      tenantId,
      userId
    ])
    const { accessToken } = await issueAccessToken(app, { tenantId, userId, role: 'owner' })
    const workspace = openWorkspace(wire.base, accessToken)

    /** The backoff is over: what waits is due, unless it is parked. Carries no safety, so tests may. */
    const hurry = async () => {
      const due = `update deliveries set ask_at = now() where tenant_id = $1 and status = 'running' and lease is null
        and ask_at > now()`
      await pool.query(due, [tenantId])
      await pool.query('notify deliveries')
    }
    /** So much time went by for what was asked of the platform and never answered. */
    const age = (seconds: number) =>
      pool.query(
        `update deliveries set settled_at = settled_at - make_interval(secs => $2),
          doubt_since = doubt_since - make_interval(secs => $2) where tenant_id = $1`,
        [tenantId, seconds]
      )
    const row = async () => {
      const { rows } = await pool.query('select * from deliveries where tenant_id = $1 order by id', [tenantId])
      return rows[0]
    }
    const used = async () => {
      const { used, reserved } = await workspace.insist('GET', '/quota')
      return { used, reserved }
    }
    return { ...workspace, tenantId, hurry, age, row, used }
  }

  return { app, platforms, config, wire, newWorkspace }
}

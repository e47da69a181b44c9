import type pg from 'pg'
import { createSeal, type Seal } from '../src/lib/seal.ts'

/** Of every process under test: with it the suite opens the states that connectors keep. */
export const SECRET = 'a secret of more than thirty-two characters'
export const seal = createSeal([SECRET])

/**
 * Moves time on for one workspace, by moving everything in it that has a time into the past by the same amount: its
 * deliveries, its accounts, its app, the states that connectors keep, and all that the sandbox remembers of it but for tokens.
 * Nothing can tell that from waiting, and no rule is skipped: what may happen after 150 seconds happens when 150 seconds
 * have passed for all of them. Not while a step is under way: false then, and nothing is moved.
 */
export async function skipTime(pool: pg.Pool, tenantId: string, seconds: number): Promise<boolean> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    const about = [tenantId, seconds]
    await client.query(
      `update accounts set ${moved('parked_until', 'starts_parked_until', 'refresh_until')} where tenant_id = $1`,
      about
    )
    const { rows } = await client.query('select id, lease, state from deliveries where tenant_id = $1 for update', [
      tenantId
    ])
    if (rows.some(row => row.lease !== null)) return false
    const times = [
      'ask_at',
      'settled_at',
      'doubt_since',
      'due_at',
      'give_up_at',
      'started_at',
      'ended_at',
      'woken_at',
      'alone_since'
    ]
    await client.query(`update deliveries set ${moved(...times, 'lease_until')} where tenant_id = $1`, about)
    await client.query(
      `update apps set ${moved('parked_until', 'starts_parked_until')} where app in (select app from deliveries where tenant_id = $1)`,
      about
    )
    for (const row of rows) await moveState(client, seal, row, seconds)
    await moveSandbox(client, tenantId, seconds)
    await client.query(`select pg_notify('deliveries', '')`)
    await client.query('commit')
    return true
  } finally {
    await client.query('rollback').catch(() => {})
    client.release()
  }
}

const moved = (...names: string[]) => names.map(name => `${name} = ${name} - $2 * interval '1 second'`).join(', ')

async function moveState(
  client: pg.PoolClient,
  { open, seal: close }: Seal,
  { id, state }: { id: string; state: Buffer | null },
  seconds: number
): Promise<void> {
  if (state === null) return
  const context = `delivery:${id}`
  const old = open(state, context)
  const fresh = earlier(old, seconds)
  if (fresh !== old) await client.query('update deliveries set state = $2 where id = $1', [id, close(fresh, context)])
}

async function moveSandbox(client: pg.PoolClient, tenantId: string, seconds: number): Promise<void> {
  const { rows } = await client.query(
    `select platform, kind, id, doc::text as doc from sandbox_documents
    where project = $1 and kind !~ '\\.(access|grant|code|faults|dead)$' order by platform, kind, id for update`,
    [`sandbox-${tenantId}`]
  )
  for (const { platform, kind, id, doc } of rows) {
    const fresh = earlier(doc, seconds)
    if (fresh === doc) continue
    const place = [platform, kind, id, fresh]
    await client.query('update sandbox_documents set doc = $4 where platform = $1 and kind = $2 and id = $3', place)
  }
}

/** Every moment in a JSON text, so many seconds earlier. */
const earlier = (json: string, seconds: number): string =>
  json.replace(/"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g, (_, at: string) =>
    JSON.stringify(new Date(Date.parse(at) - seconds * 1000).toISOString())
  )

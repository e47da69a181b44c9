import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadStatus } from '@upload24/contract'
import type { Film } from '../films.ts'
import type { Flow } from './flows.ts'
import type { Tenant } from './tenant.ts'
import type { LyingWorld } from './world.ts'

/** A person tries again when a page said no. */
const TRIES = 4

/** Links until it works; what went wrong before is told in pages, not in an account that is half there. */
export async function linkAtLast(tenant: Tenant): Promise<string> {
  for (let n = 1; ; n++) {
    const accountId = await tenant.link()
    if (accountId !== null) return accountId
    if (n === TRIES) throw new Error('the account could not be linked')
  }
}

/** What an account is cared for without an upload, by the column that says when, and when that is due. */
const CARE = {
  facts: { column: 'facts_at', due: `now() - interval '2 days'`, isTaken: `facts_at > now() - interval '1 day'` },
  renewal: { column: 'refresh_at', due: 'now()', isTaken: `refresh_at is null or refresh_at > now()` }
} as const

/** Seconds for what is done each second here, on a machine with a lot else to do. */
const CARE_MOST = 60

/** It is due: done until the lies are told, and once more without any. Throws when nobody does it. */
export async function care(
  world: LyingWorld,
  tenant: Tenant,
  accountId: string,
  what: keyof typeof CARE
): Promise<void> {
  const { column, due, isTaken } = CARE[what]
  const makeDue = () =>
    world.pool.query(`update accounts set ${column} = ${due} where tenant_id = $1`, [tenant.tenantId])
  for (let n = 0; n < 2; n++) {
    // A young token is good as it is; twice this is less than its life.
    if (what === 'renewal') await tenant.grow(accountId, 25)
    const heard = tenant.story.seen.length
    const giveUpAt = performance.now() + CARE_MOST * 1000
    const isOver = async () => {
      const { rows } = await world.pool.query(`select ${isTaken} as taken, status from accounts where tenant_id = $1`, [
        tenant.tenantId
      ])
      const [row] = rows
      return row.status !== 'active' || (row.taken && tenant.story.seen.length > heard)
    }
    await makeDue()
    for (let looks = 1; !(await isOver()); looks++) {
      if (performance.now() > giveUpAt) throw new Error(`${what} of the account: due, and not done in ${CARE_MOST} s`)
      await sleep(100)
      // On a busy machine the end of the last time may have been written over it.
      if (looks % 100 === 0 && tenant.story.seen.length === heard) await makeDue()
    }
    // What came of the last exchange is written a moment later, after a time-out four seconds.
    await sleep(tenant.story.told.some(({ lie }) => lie.endsWith('time-out')) ? 5000 : 500)
    if ((await tenant.row(accountId)).status !== 'active') return
    // A refresh without an answer holds the grant for a minute.
    await world.skip(tenant.story, 61)
  }
}

/** The answers of a form's question: whatever is said to it, the next one is answered. */
export async function readChoices(
  world: LyingWorld,
  tenant: Tenant,
  accountId: string,
  field: string
): Promise<string[]> {
  const ask = () => tenant.ask('GET', `/accounts/${accountId}/choices?field=${field}`)
  const told = await ask()
  const { parked_until: parkedUntil, status } = await tenant.row(accountId)
  if (status === 'active') {
    await world.skip(tenant.story, Math.max(0, (new Date(parkedUntil).getTime() - Date.now()) / 1000) || 0)
    const next = await ask()
    if (next.status !== 200 || next.body.items.length === 0)
      return [`a question was answered ${next.status} when nobody lied any more`]
  }
  return told.body?.code === 'internal_error' ? ['a question was answered with 500'] : []
}

/** Sends the flow's film and what belongs to it. */
export async function send(
  tenant: Tenant,
  flow: Flow,
  accountId: string,
  film: Film,
  title: string,
  extras: object
): Promise<UploadStatus> {
  const form = new FormData()
  form.set('title', title)
  form.append('accounts', accountId)
  form.set(flow.place.platform, JSON.stringify({ ...flow.options, ...extras }))
  form.set('file', film.blob, 'film.mp4')
  return tenant.insist('POST', '/api/upload', form)
}

/** A person looks at the account and tells what is there, when it is time to look. */
export async function resolve(
  world: LyingWorld,
  tenant: Tenant,
  { uploadId, title, accounts }: UploadStatus
): Promise<void> {
  const post = (await tenant.posts()).find(each => each.title === title)
  const [target] = accounts
  const told = post ? { live: true, externalId: post.id } : { live: false, confirm: true }
  const body = { accountId: target?.accountId, ...told }
  for (let n = 0; n < 20; n++) {
    const { status, body: answer } = await tenant.ask('POST', `/api/upload/${uploadId}/resolve`, body)
    if (status < 300) return
    if (answer.code !== 'not_settled') throw new Error(`resolve was answered ${JSON.stringify(answer)}`)
    await world.skip(tenant.story, 60)
  }
}

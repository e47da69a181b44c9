import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadStatus } from '@upload24/contract'
import { CAPTIONS, type Film, PICTURE } from './films.ts'
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

/** It is due: done until the lies are told, and once more without any. */
export async function care(
  world: LyingWorld,
  tenant: Tenant,
  accountId: string,
  what: keyof typeof CARE
): Promise<void> {
  const { column, due, isTaken } = CARE[what]
  for (let n = 0; n < 2; n++) {
    const heard = tenant.story.seen.length
    await world.pool.query(`update accounts set ${column} = ${due} where tenant_id = $1`, [tenant.tenantId])
    const giveUpAt = performance.now() + 20_000
    const isOver = async () => {
      const { rows } = await world.pool.query(`select ${isTaken} as taken, status from accounts where tenant_id = $1`, [
        tenant.tenantId
      ])
      const [row] = rows
      return row.status !== 'active' || (row.taken && tenant.story.seen.length > heard)
    }
    while (!(await isOver()) && performance.now() < giveUpAt) await sleep(100)
    // What came of the last exchange is written a moment later, after a time-out four seconds.
    await sleep(tenant.story.told.some(({ lie }) => lie.endsWith('time-out')) ? 5000 : 500)
    if ((await tenant.row(accountId)).status !== 'active') return
    // A refresh without an answer holds the grant for a minute.
    await world.skip(tenant.story, 61)
  }
}

/** The answers of a form's question: whatever is said to it, the next one is answered. */
export async function readChoices(tenant: Tenant, accountId: string, field: string): Promise<string[]> {
  const faults: string[] = []
  const ask = () => tenant.ask('GET', `/accounts/${accountId}/choices?field=${field}`)
  const told = await ask()
  if (told.status >= 300 && told.body?.code === 'internal_error') faults.push('a question was answered with 500')
  const { parked_until: parkedUntil } = await tenant.row(accountId)
  if (parkedUntil === Number.NEGATIVE_INFINITY) await ask()
  return faults
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

/** Stored before the lies begin: the options that name a picture, captions and a playlist. */
export async function storeExtras(tenant: Tenant, accountId: string): Promise<object> {
  const store = async (blob: Blob, name: string): Promise<string> => {
    const form = new FormData()
    form.set('file', blob, name)
    return (await tenant.insist('POST', '/api/files', form)).fileId
  }
  const { items } = await tenant.insist('GET', `/accounts/${accountId}/choices?field=playlistId`)
  return {
    playlistId: items[0].value,
    thumbnail: await store(PICTURE, 'cover.png'),
    captions: [{ file: await store(CAPTIONS, 'english.vtt'), language: 'en', name: 'English' }]
  }
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

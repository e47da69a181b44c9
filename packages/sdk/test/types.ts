import { createClient, type Input, type Reply } from '../src/index.ts'

/** Compiled by `npm run check`, never run: what must not compile, and what must. */
export async function compile(): Promise<void> {
  const client = createClient({ baseUrl: '', apiKey: 'u24_…' })
  const description = { title: 'A', accounts: ['account_1'] }

  const { items, nextCursor } = await client.uploads.list({ limit: 20, status: 'Failed' })
  const statuses: ('Scheduled' | 'Processing' | 'Uploaded' | 'Failed' | 'Canceled')[] = items.map(each => each.status)
  await client.uploads.list()
  await client.uploads.list({ cursor: nextCursor ?? undefined }, { signal: AbortSignal.timeout(1) })
  // @ts-expect-error: no such status
  await client.uploads.list({ status: 'failed' })
  // @ts-expect-error: a limit is a number
  await client.uploads.list({ limit: '20' })
  // @ts-expect-error: no such field
  await client.uploads.list({ page: 2 })
  // @ts-expect-error: which upload?
  await client.uploads.status()
  // @ts-expect-error: no such field in the answer
  items.map(each => each.state)

  // Options of a platform are a field of its name.
  await client.uploads.check({ ...description, someplatform: { categoryId: '22' } })
  // @ts-expect-error: a misspelt field is no platform's options
  await client.uploads.check({ ...description, sheduledOn: '2027-04-18T09:30:00Z' })
  const dynamic: Record<string, Record<string, unknown>> = {}
  await client.uploads.check({ ...description, ...(dynamic as object) })
  // A merge patch takes away with null.
  await client.uploads.change({ uploadId: 'upload_1', scheduledOn: null })
  // @ts-expect-error: nothing to take away from
  await client.uploads.presignPut({ ...description, fileName: null, fileSize: 1, contentType: 'video/mp4' })

  client.upload(new Blob([]), { ...description, someplatform: { any: true } }, { parallel: 2 })
  // @ts-expect-error: accounts are a list
  client.upload(new Blob([]), { title: 'A', accounts: 'account_1' })
  // @ts-expect-error: the file tells its size
  client.upload(new Blob([]), { ...description, fileSize: 3 })

  const begun = await client.accounts.link({ platform: 'someplatform', sandbox: true })
  // @ts-expect-error: it may have answered with fields
  const address: string = begun.authorizeUrl
  // @ts-expect-error: the one or the other
  await client.uploads.resolve({ uploadId: 'upload_1', accountId: 'account_1', live: false })
  await client.uploads.resolve({ uploadId: 'upload_1', accountId: 'account_1', live: true, externalId: 'x' })
  const nothing: undefined = await client.keys.revoke({ id: 'key_1' })

  for await (const { id, event } of client.events({ types: ['delivery.uploaded'] })) {
    if ('uploadId' in event) console.log(id, event.uploadId, statuses, address, nothing)
  }
  // @ts-expect-error: no such type
  client.events({ types: ['delivery.done'] })

  const reply: Reply<'GET /quota'> = await client.quota.read()
  const input: Input<'GET /uploads'> = { limit: reply.used }
  await client.uploads.list(input)
}

import { Agent, Pool, request } from 'undici'
import { makeVideo } from '../packages/server/test/make-video.ts'

/** A workspace that asks. */
export interface Customer {
  readonly key: string
  readonly account: string
}

export interface Opened {
  readonly sessionToken: string
  readonly fileId: string
  readonly uploadUrl: string
  readonly headers: Record<string, string>
  readonly customer: Customer
}
export interface Made {
  readonly uploadId: string
  readonly customer: Customer
}

export interface Target {
  presign(customer: Customer): Promise<Opened>
  /** The bytes, of which there are few. */
  put(opened: Opened): Promise<Opened>
  complete(opened: Opened): Promise<Made>
  status(made: Made): Promise<void>
  close(): Promise<void>
}

const BYTES = makeVideo(1024)
export const MEDIA = { contentType: 'video/mp4', bytes: BYTES.length }

/** An API that is asked over so many connections, each with one request at a time. */
export function aim(base: string, connections: number): Target {
  const pool = new Pool(base, { connections, pipelining: 1 })
  const dispatcher = new Agent({ connections, pipelining: 1 })
  const scheduledOn = new Date(Date.now() + 30 * 86_400_000).toISOString()
  const about = { fileName: 'video.mp4', fileSize: MEDIA.bytes, contentType: MEDIA.contentType }

  async function ask(customer: Customer, method: 'GET' | 'POST', path: string, body?: object) {
    const headers = { 'x-api-key': customer.key, ...(body && { 'content-type': 'application/json' }) }
    const answer = await pool.request({ path, method, headers, ...(body && { body: JSON.stringify(body) }) })
    if (answer.statusCode < 300) return { ...((await answer.body.json()) as object), customer }
    throw new Error(`${path} was answered ${answer.statusCode}: ${await answer.body.text()}`)
  }
  return {
    presign: async customer => {
      const body = { title: 'Benchmark', accounts: [customer.account], scheduledOn, ...about }
      return (await ask(customer, 'POST', '/api/upload/presign-put', body)) as Opened
    },
    async put(opened) {
      const { headers, uploadUrl } = opened
      // To wherever the address leads: the bare server signs, and ours takes the bytes.
      const answer = await request(uploadUrl, { method: 'PUT', headers, body: BYTES, dispatcher })
      await answer.body.dump()
      if (answer.statusCode >= 300) throw new Error(`the PUT was answered ${answer.statusCode}`)
      return opened
    },
    complete: async ({ sessionToken, customer }) =>
      (await ask(customer, 'POST', '/api/upload/complete', { sessionToken, parts: [] })) as Made,
    status: async ({ uploadId, customer }) => void (await ask(customer, 'GET', `/api/upload/${uploadId}/status`)),
    close: async () => void (await Promise.all([pool.close(), dispatcher.close()]))
  }
}

/** Does it for each item, so many at a time; answers the results and the seconds. */
export async function each<T, R>(items: readonly T[], atOnce: number, does: (item: T) => Promise<R>) {
  const results: R[] = Array.from({ length: items.length })
  let next = 0
  const began = performance.now()
  const lane = async () => {
    for (let i = next++; i < items.length; i = next++) results[i] = await does(items[i] as T)
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return { results, seconds: (performance.now() - began) / 1000 }
}

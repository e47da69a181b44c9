import { readFileSync, writeFileSync } from 'node:fs'
import { TypeID } from 'typeid-js'
import { type Customer, MEDIA, type Target } from './api-load.ts'

export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

export interface CustomerIds {
  readonly tenant: string
  readonly key: string
  readonly account: string
}

/** What our API was seen to do in the database for one request of each kind. */
export interface Plan {
  readonly presign: readonly Statement[]
  readonly complete: readonly Statement[]
  readonly status: readonly Statement[]
  readonly answers: { readonly presign: object; readonly complete: object }
  /** The ids that belonged to these requests, by name; others take their place. */
  readonly ids: Readonly<Record<string, string>>
  readonly names: readonly string[]
  /** The ids of each customer, by key. */
  readonly customers: Readonly<Record<string, CustomerIds>>
  /** Of the pool, at most. */
  readonly connections: number
  readonly media: { readonly contentType: string; readonly bytes: number }
  /** Statements are told once a connection, as ours does. */
  readonly isPrepared?: boolean
  /** Absent: the database alone. */
  readonly storage?: { readonly folder: string; readonly publicUrl: string; readonly secret: string }
}

/** Makes one request of each kind of a server that records to `file`. The first of each is not looked at: it remembers the key's use. */
export async function recordPlan(
  file: string,
  target: Target,
  customers: readonly Customer[],
  connections: number
): Promise<Plan> {
  const taken = (): Statement[] => {
    const lines = readFileSync(file, 'utf8').trim().split('\n').filter(Boolean)
    writeFileSync(file, '')
    // The sign of life comes when it comes.
    return lines.map(line => JSON.parse(line) as Statement).filter(({ text }) => !text.includes('into workers'))
  }
  const known: Record<string, CustomerIds> = {}
  for (const customer of customers) {
    await target.status(await target.complete(await target.put(await target.presign(customer))))
    known[customer.key] = idsOf(customer, taken())
  }
  const customer = customers[0] as Customer
  const opened = await target.presign(customer)
  const presign = taken()
  await target.put(opened)
  taken()
  const made = await target.complete(opened)
  const complete = taken()
  await target.status(made)
  const status = taken()
  const insert = complete.find(({ text }) => text.startsWith('insert into deliveries'))
  const [delivery] = JSON.parse(String(insert?.values.find(value => String(value).startsWith('[{')))) as {
    id: string
  }[]
  const session = presign.find(({ text }) => text.startsWith('insert into upload_sessions'))
  const ids = {
    ...(known[customer.key] as CustomerIds),
    session: String(session?.values[0]),
    file: TypeID.fromString(opened.fileId).toUUID(),
    upload: TypeID.fromString(made.uploadId).toUUID(),
    delivery: delivery?.id as string
  }
  const answers = { presign: opened, complete: made }
  const names = Object.keys(ids)
  return { presign, complete, status, answers, ids, names, customers: known, connections, media: MEDIA }
}

function idsOf({ account }: Customer, statements: readonly Statement[]): CustomerIds {
  const find = (part: string) => statements.find(({ text }) => text.includes(part))?.values ?? []
  const [tenant] = find('from "accounts"')
  const [key] = find('from "api_keys"')
  return { tenant: String(tenant), key: String(key), account: TypeID.fromString(account).toUUID() }
}

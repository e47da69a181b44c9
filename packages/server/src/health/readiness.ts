import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { App } from '../app.ts'
import { within } from '../lib/within.ts'
import type { Storage } from '../storage/storage.ts'
import { hasWorker } from './queries.ts'

/** Milliseconds in which each part must answer. */
const PATIENCE = 3000
const LATE = `no answer within ${PATIENCE} ms`
/** Milliseconds for which what was found of the store holds: a probe writes to it. */
const FRESH = 5000

export interface NotReady {
  readonly part: 'database' | 'store' | 'worker'
  readonly detail: string
  readonly cause?: unknown
}

/** Tells what this instance cannot do right now, or null when it can take uploads and deliver them. */
export function createReadiness(app: Pick<App, 'database' | 'storage'>): () => Promise<NotReady | null> {
  let store: { readonly at: number; readonly found: Promise<NotReady | null> } | undefined

  const readStore = () => {
    if (!store || performance.now() - store.at > FRESH) {
      const found = within(PATIENCE, tryStore(app.storage), LATE).then(
        () => null,
        cause => ({ part: 'store', detail: 'The object store cannot be written and read.', cause }) as const
      )
      store = { at: performance.now(), found }
    }
    return store.found
  }
  const readDatabase = async (): Promise<NotReady | null> => {
    try {
      if (await within(PATIENCE, hasWorker(app.database.db), LATE)) return null
      return { part: 'worker', detail: 'No worker looks for deliveries: uploads are kept, but nothing publishes them.' }
    } catch (cause) {
      return { part: 'database', detail: 'The database does not answer.', cause }
    }
  }
  return async () => {
    const [database, stored] = await Promise.all([readDatabase(), readStore()])
    return database?.part === 'database' ? database : (stored ?? database)
  }
}

/** Writes a small object, reads it, and removes it. What a killed process left of it is swept as an orphan. */
async function tryStore(storage: Storage): Promise<void> {
  const key = `health/${randomUUID()}`
  const bytes = Buffer.from(key)
  try {
    const stored = await storage.put(key, Readable.from([bytes]), { maxBytes: bytes.length })
    const read = await buffer(await storage.read(stored, 0, bytes.length))
    if (!read.equals(bytes)) throw new Error('the store gave other bytes than it was given')
  } finally {
    await storage.remove(key)
  }
}

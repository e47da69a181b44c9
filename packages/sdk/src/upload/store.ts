import type { UploadDescription } from './description.ts'
import type { FileFacts } from './identity.ts'

/** What must be remembered to go on with an upload: never the file itself. */
export interface UploadRecord {
  readonly key: string
  readonly startedAt: string
  readonly file: FileFacts
  readonly description: UploadDescription
  /** Names the making of the session: asked twice, it makes one. */
  readonly sessionKey: string
  /** Known once the session is made. Of use only together with a credential of its workspace. */
  readonly sessionToken?: string
}

/** Where unfinished uploads are remembered. A file, a database, a browser: whatever outlives the program. */
export interface UploadStore {
  load(key: string): Promise<UploadRecord | undefined>
  save(record: UploadRecord): Promise<void>
  remove(key: string): Promise<void>
}

export interface ListedStore extends UploadStore {
  /** Those that may still be continued, the newest first. */
  list(): Promise<UploadRecord[]>
}

/** The key of a session's making is honoured for so long, and a session lives as long unless the server is told otherwise. */
export const LIFETIME_SECONDS = 86_400

export const isAlive = (record: UploadRecord): boolean =>
  Date.now() - Date.parse(record.startedAt) < LIFETIME_SECONDS * 1000

/** The part of `localStorage` that is needed here. */
export interface WebStorage {
  readonly length: number
  key(index: number): string | null
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

const PREFIX = 'upload24:'

/** Remembers in `localStorage`. Where the browser keeps nothing (private windows, a full store) nothing is remembered. */
export function browserStore(
  storage: WebStorage | undefined = (globalThis as { localStorage?: WebStorage }).localStorage
): ListedStore {
  const read = (name: string): UploadRecord | undefined => {
    const record = parse(storage?.getItem(name) ?? null)
    if (record && isAlive(record)) return record
    storage?.removeItem(name)
    return undefined
  }
  return {
    load: async key => read(PREFIX + key),
    async save(record) {
      try {
        storage?.setItem(PREFIX + record.key, JSON.stringify(record))
      } catch {
        // Full, or forbidden: the upload goes on all the same, and cannot be continued after a reload.
      }
    },
    remove: async key => storage?.removeItem(PREFIX + key),
    async list() {
      const names = Array.from({ length: storage?.length ?? 0 }, (_, index) => storage?.key(index) ?? '')
      return names
        .filter(name => name.startsWith(PREFIX))
        .flatMap(name => read(name) ?? [])
        .sort((one, other) => other.startedAt.localeCompare(one.startedAt))
    }
  }
}

/** Remembers for as long as the program runs: for tests, and for uploads that another call is to continue. */
export function memoryStore(): ListedStore {
  const records = new Map<string, string>()
  return browserStore({
    get length() {
      return records.size
    },
    key: index => [...records.keys()][index] ?? null,
    getItem: name => records.get(name) ?? null,
    setItem: (name, value) => void records.set(name, value),
    removeItem: name => void records.delete(name)
  })
}

function parse(text: string | null): UploadRecord | undefined {
  try {
    const record: UploadRecord = JSON.parse(text ?? 'null')
    return typeof record?.key === 'string' && typeof record.startedAt === 'string' ? record : undefined
  } catch {
    return undefined
  }
}

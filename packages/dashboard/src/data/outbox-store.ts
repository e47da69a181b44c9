import { browserStore, type ListedStore, type UploadRecord } from '@upload24/sdk'
import { useSyncExternalStore } from 'react'
import { client } from '../session/client.ts'
import { filesInOtherTabs, lockOf } from './outbox-locks.ts'

export type Unfinished = UploadRecord

/** Unfinished uploads are remembered for each workspace: nobody else's are offered. */
export function storeOf(tenantId: string): ListedStore {
  const prefix = `upload24.outbox.${tenantId}.`
  const names = () => Object.keys(localStorage).filter(name => name.startsWith(prefix))
  return browserStore({
    get length() {
      return names().length
    },
    key: index => names()[index]?.slice(prefix.length) ?? null,
    getItem: name => localStorage.getItem(prefix + name),
    setItem: (name, value) => localStorage.setItem(prefix + name, value),
    removeItem: name => localStorage.removeItem(prefix + name)
  })
}

let unfinished: readonly Unfinished[] = []
let tenant: string | undefined
const readers = new Set<() => void>()

/** Reads anew what was begun in an earlier life of the page and is not on its way in any tab. */
export async function refreshUnfinished(tenantId = tenant): Promise<void> {
  tenant = tenantId
  if (tenantId === undefined) return
  const [records, busy] = await Promise.all([storeOf(tenantId).list(), filesInOtherTabs()])
  if (tenant !== tenantId) return
  unfinished = records.filter(({ file }) => !busy.has(lockOf(tenantId, file)))
  for (const tell of readers) tell()
}

export const useUnfinished = (): readonly Unfinished[] =>
  useSyncExternalStore(
    tell => {
      readers.add(tell)
      return () => readers.delete(tell)
    },
    () => unfinished
  )

/** Whether that is the file which was being sent. */
export const isSameFile = (file: File, record: Unfinished): boolean =>
  file.name === record.file.name && file.size === record.file.size && file.lastModified === record.file.lastModified

/** Ends it at the server, which gives its quota back. */
export async function dropUnfinished(tenantId: string, { key, sessionToken }: Unfinished): Promise<void> {
  if (sessionToken !== undefined) await client.uploads.abort({ sessionToken })
  await storeOf(tenantId).remove(key)
  await refreshUnfinished(tenantId)
}

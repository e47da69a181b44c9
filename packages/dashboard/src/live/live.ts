import type { Event } from '@upload24/sdk'
import { useEffect, useSyncExternalStore } from 'react'
import { ACCOUNTS } from '../data/accounts.ts'
import { cache } from '../data/cache.ts'
import { UPLOADS, type Upload, uploadQuery } from '../data/uploads.ts'
import { client } from '../session/client.ts'

/** `live`: what is shown is true now. `catching up`: the line broke, and is being taken up where it broke. */
export type Line = 'live' | 'catching up'

/** Lists are read again at most this often, in milliseconds, however many events come. */
const CALM = 800
let line: Line = 'catching up'
const readers = new Set<() => void>()

function setLine(next: Line): void {
  if (next === line) return
  line = next
  for (const tell of readers) tell()
}

export const useLine = (): Line =>
  useSyncExternalStore(
    tell => {
      readers.add(tell)
      return () => readers.delete(tell)
    },
    () => line
  )

/** Follows the workspace's events while `tenantId` is signed in, and keeps what the pages have read true. */
export function useLive(tenantId: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another workspace has other events.
  useEffect(() => {
    const stop = new AbortController()
    follow(stop.signal)
    return () => stop.abort()
  }, [tenantId])
}

async function follow(signal: AbortSignal): Promise<void> {
  let isFirst = true
  const open = () => {
    setLine('live')
    // The stream begins now; what the page read before may be older than that.
    if (isFirst) refreshSoon([[UPLOADS], [ACCOUNTS]])
    isFirst = false
  }
  try {
    for await (const { event } of client.events({
      signal,
      onOpen: open,
      onLost: () => setLine('catching up')
    })) {
      take(event)
    }
  } catch {
    setLine('catching up')
  }
}

function take(event: Event): void {
  if ('uploadId' in event) {
    if ('accountId' in event) patchTarget(event)
    refreshSoon(
      event.type === 'delivery.progress'
        ? []
        : [
            [UPLOADS, 'one', event.uploadId],
            [UPLOADS, 'attempts', event.uploadId],
            [UPLOADS, 'list'],
            [UPLOADS, 'other']
          ]
    )
  } else {
    refreshSoon([[ACCOUNTS], [UPLOADS, 'other']])
  }
}

/** Bars move at once; the whole truth is read a moment later. */
function patchTarget(event: Extract<Event, { progress: unknown }>): void {
  if (event.followUp !== null) return
  cache.setQueryData(
    uploadQuery(event.uploadId).queryKey,
    (upload: Upload | undefined) =>
      upload && {
        ...upload,
        accounts: upload.accounts.map(target =>
          target.accountId === event.accountId
            ? {
                ...target,
                status: event.status,
                progress: event.progress,
                attempts: event.attempts,
                externalUrl: event.externalUrl
              }
            : target
        )
      }
  )
}

const waiting = new Map<string, readonly string[]>()
let timer: ReturnType<typeof setTimeout> | undefined

function refreshSoon(keys: readonly (readonly string[])[]): void {
  for (const key of keys) waiting.set(key.join(' '), key)
  if (waiting.size === 0 || timer !== undefined) return
  timer = setTimeout(() => {
    timer = undefined
    for (const queryKey of waiting.values()) cache.invalidateQueries({ queryKey })
    waiting.clear()
  }, CALM)
}

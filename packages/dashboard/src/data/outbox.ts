import type { Progress, UploadDescription, UploadHandle, UploadStatus } from '@upload24/sdk'
import { useSyncExternalStore } from 'react'
import { client } from '../session/client.ts'
import { readSession } from '../session/session.ts'
import { cache } from './cache.ts'
import { holdFile } from './outbox-locks.ts'
import { refreshUnfinished, storeOf } from './outbox-store.ts'
import { UPLOADS, uploadQuery } from './uploads.ts'

/** A file on its way from this tab to the server. */
export interface Sending {
  readonly id: string
  readonly tenantId: string
  readonly file: File
  readonly description: UploadDescription
  /** A picture of it, as an address of this page. */
  readonly poster: string | null
  readonly progress: Progress
  /** Once it has arrived. */
  readonly upload: UploadStatus | null
  readonly error: unknown
}

let sendings: readonly Sending[] = []
let count = 0
const handles = new Map<string, UploadHandle>()
/** Those that wait for their workspace to be the one that is signed in. */
const held = new Set<string>()
const readers = new Set<() => void>()

function set(next: readonly Sending[]): void {
  sendings = next
  const isBusy = next.some(isOpen)
  // The browser asks before it lets go of bytes that are on their way.
  if (isBusy) addEventListener('beforeunload', warn)
  else removeEventListener('beforeunload', warn)
  for (const tell of readers) tell()
}

const warn = (event: BeforeUnloadEvent) => event.preventDefault()
const patch = (id: string, change: Partial<Sending>) =>
  set(sendings.map(each => (each.id === id ? { ...each, ...change } : each)))

/** Its bytes are not all there yet. */
export const isOpen = ({ progress: { state } }: Sending): boolean =>
  state !== 'done' && state !== 'failed' && state !== 'aborted'

/** Everything that this tab sends or has sent since it was opened, the latest first. */
export const useOutbox = (): readonly Sending[] =>
  useSyncExternalStore(
    tell => {
      readers.add(tell)
      return () => readers.delete(tell)
    },
    () => sendings
  )

/** Begins to send. It goes on whatever page is shown; after a reload the same file and description continue it. */
export function sendFile(file: File, description: UploadDescription, poster: string | null = null): Sending {
  const session = readSession()
  if (session.is !== 'in') throw new Error('nobody is signed in')
  const id = `${Date.now().toString(36)}${++count}`
  const sending = start({ id, tenantId: session.tenant.id, file, description, poster })
  set([sending, ...sendings])
  return sending
}

type Wish = Pick<Sending, 'id' | 'tenantId' | 'file' | 'description' | 'poster'>

function start(wish: Wish): Sending {
  const { id, tenantId, file, description } = wish
  const handle = client.upload(file, description, { store: storeOf(tenantId) })
  const letGo = holdFile(tenantId, file)
  handles.set(id, handle)
  handle.onProgress(progress => patch(id, { progress }))
  handle.done
    .then(upload => {
      cache.setQueryData(uploadQuery(upload.uploadId).queryKey, upload)
      cache.invalidateQueries({ queryKey: [UPLOADS] })
      patch(id, { upload, progress: handle.progress })
    })
    .catch(error => patch(id, { error, progress: handle.progress }))
    .finally(() => {
      letGo()
      refreshUnfinished()
    })
  return { ...wish, progress: handle.progress, upload: null, error: null }
}

export const pauseSending = (id: string): void => handles.get(id)?.pause()
export const resumeSending = (id: string): void => handles.get(id)?.resume()

/** After it failed: goes on from what has arrived. */
export function retrySending(id: string): void {
  const sending = sendings.find(each => each.id === id)
  if (sending) patch(id, start(sending))
}

/** Ends it here and at the server. Rejects when that cannot be told to the server. */
export async function abortSending(id: string): Promise<void> {
  await handles.get(id)?.abort()
  forgetSending(id)
}

/** Takes it off the page; what is still on its way goes on. */
export function forgetSending(id: string): void {
  handles.delete(id)
  set(sendings.filter(each => each.id !== id))
}

/** Of another workspace nothing is sent: its sessions are not known to the one that is signed in. Returns the way back. */
export function sendFor(tenantId: string): () => void {
  for (const { id } of sendings.filter(each => each.tenantId === tenantId && held.delete(each.id))) resumeSending(id)
  return () => {
    for (const each of sendings) {
      if (each.tenantId !== tenantId || !isOpen(each) || each.progress.state === 'paused') continue
      held.add(each.id)
      pauseSending(each.id)
    }
  }
}

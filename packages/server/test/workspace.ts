import { setTimeout as sleep } from 'node:timers/promises'
import type { UploadStatus } from '@upload24/contract'
import { createBrowser } from './browser.ts'
import { makeVideo as makeFilm } from './make-video.ts'
import { until } from './processes.ts'

/** What the sandbox received. */
export interface SandboxPost {
  readonly id: string
  readonly channel: string
  readonly title: string
  readonly bytes: number
  readonly sha256: string
  readonly state: string
}

export type Workspace = ReturnType<typeof openWorkspace>

/** A workspace as its owner uses it, over HTTP alone. `base`: where the API is reached. */
export function openWorkspace(base: string, token: string) {
  async function ask(method: string, path: string, body?: FormData | object, headers: Record<string, string> = {}) {
    const isJson = body !== undefined && !(body instanceof FormData)
    const response = await fetch(base + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...headers
      },
      ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : (body as FormData) })
    })
    const text = await response.text()
    // biome-ignore lint/suspicious/noExplicitAny: what a route answered, for the assertions to look into
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as any }
  }

  async function insist(...call: Parameters<typeof ask>) {
    const { status, body } = await ask(...call)
    if (status >= 300) throw new Error(`${call[0]} ${call[1]} was answered ${status}: ${JSON.stringify(body)}`)
    return body
  }

  /** Links the n-th sandbox channel, from 0, page by page as a browser does; answers the account's id. */
  async function link(n = 0, platform = 'youtube'): Promise<string> {
    const { authorizeUrl } = await insist('POST', '/accounts/link', { platform, sandbox: true })
    const { end } = await createBrowser().link(authorizeUrl, n)
    const accountId = end.searchParams.get('linked')
    if (!accountId) throw new Error(`linking ended at ${end.href}`)
    return accountId
  }

  async function makeKey(): Promise<string> {
    const { key } = await insist('POST', '/api-keys/generate', { name: 'tests' })
    return key
  }

  /** Sends a form; answers the status of the new upload. */
  async function upload(accounts: readonly string[], video: Uint8Array | Blob, more: Record<string, string> = {}) {
    const form = new FormData()
    form.set('title', more.title ?? 'A test')
    for (const account of accounts) form.append('accounts', account)
    for (const [name, value] of Object.entries(more)) form.set(name, value)
    const file = video instanceof Blob ? video : new Blob([video as Uint8Array<ArrayBuffer>], { type: 'video/mp4' })
    form.set('file', file, 'test.mp4')
    return (await insist('POST', '/api/upload', form)) as UploadStatus
  }

  const readStatus = (uploadId: string): Promise<UploadStatus> => insist('GET', `/api/upload/${uploadId}/status`)

  /** Waits until the upload is as wished. `meanwhile` runs before each look: to move what would take minutes. */
  async function waitFor(
    uploadId: string,
    isWished: (status: UploadStatus) => boolean,
    meanwhile: () => Promise<unknown> = async () => {}
  ): Promise<UploadStatus> {
    let last: UploadStatus | undefined
    await until(
      async () => {
        await meanwhile()
        last = await readStatus(uploadId)
        return isWished(last) || sleep(30, false)
      },
      'the upload',
      () => JSON.stringify(last, null, 2)
    )
    return last as UploadStatus
  }

  async function posts(): Promise<SandboxPost[]> {
    return (await insist('GET', '/sandbox/youtube/posts')).items
  }
  const setFaults = (faults: object) => insist('PUT', '/sandbox/youtube/faults', faults)

  return { ask, insist, link, makeKey, upload, readStatus, waitFor, posts, setFaults }
}

export const isOver = ({ status }: UploadStatus): boolean => status === 'Uploaded' || status === 'Failed'

/** A file of that many bytes which no other file equals. */
export const makeVideo = (bytes: number): Buffer => makeFilm(bytes, ++made)
let made = 0

import { randomKey } from '../call.ts'
import type { Methods } from '../client.ts'
import type { Reply } from '../contract.ts'
import { ProblemError } from '../errors.ts'
import { isPassing } from '../request.ts'
import type { UploadDescription } from './description.ts'
import type { FileFacts } from './identity.ts'
import { hasCode, type Insist, isGone } from './insist.ts'
import type { Piece } from './pieces.ts'
import { isAlive, type UploadRecord, type UploadStore } from './store.ts'

type Resumed = Reply<'POST /api/upload/resume'>
export type Api = Methods['uploads']

export interface Wish {
  readonly file: FileFacts
  readonly description: UploadDescription
  /** Bytes. What is not larger goes in a single PUT. */
  readonly partSize: number
}

/** What is remembered of the upload, wherever that is. */
export interface Memory {
  readonly key: string
  readonly store: UploadStore
}

export interface Opened {
  readonly token: string
  readonly kind: 'put' | 'multipart'
  readonly pieces: readonly Piece[]
  readonly isContinued: boolean
  /** An earlier run, or another tab, has completed it. */
  readonly isCompleted: boolean
}

/**
 * The session that an earlier run left behind, or else a new one. What names the making of the session is stored before it
 * is asked for: a reload between question and answer makes no second one.
 */
export async function openSession(api: Api, insist: Insist, memory: Memory, wish: Wish): Promise<Opened> {
  const record = await inTurn(memory, () => prepare(memory, wish))
  if (record.sessionToken !== undefined) {
    const continued = await continueSession(api, insist, record.sessionToken)
    if (continued) return continued
    await memory.store.remove(memory.key)
    return openSession(api, insist, memory, wish)
  }
  try {
    const made = await makeSession(api, insist, wish, record.sessionKey)
    await memory.store.save({ ...record, sessionToken: made.token })
    return made
  } catch (error) {
    // Nothing was made.
    if (error instanceof ProblemError && !isPassing(error)) await memory.store.remove(memory.key)
    throw error
  }
}

async function prepare({ key, store }: Memory, { file, description }: Wish): Promise<UploadRecord> {
  const earlier = await store.load(key)
  if (earlier && isAlive(earlier)) return earlier
  const record = { key, startedAt: new Date().toISOString(), file, description, sessionKey: randomKey() }
  await store.save(record)
  return record
}

const turns = new WeakMap<UploadStore, Map<string, Promise<unknown>>>()

/** Two calls for the same upload take one record: the second finds what the first has saved. */
async function inTurn<T>({ key, store }: Memory, work: () => Promise<T>): Promise<T> {
  const queue = turns.get(store) ?? new Map<string, Promise<unknown>>()
  turns.set(store, queue)
  const turn = (queue.get(key) ?? Promise.resolve()).then(work, work)
  queue.set(key, turn)
  try {
    return await turn
  } finally {
    if (queue.get(key) === turn) queue.delete(key)
  }
}

async function makeSession(api: Api, insist: Insist, wish: Wish, idempotencyKey: string): Promise<Opened> {
  const { name: fileName, size: fileSize, contentType } = wish.file
  const input = { ...wish.description, fileName, fileSize, contentType }
  if (fileSize <= wish.partSize) {
    const made = await insist(() => api.presignPut(input, { idempotencyKey }), isPassing)
    const pieces = [newPiece(1, 0, fileSize, made.uploadUrl, made.headers)]
    return { token: made.sessionToken, kind: 'put', pieces, isContinued: false, isCompleted: false }
  }
  const asked = { ...input, partSize: wish.partSize }
  const made = await insist(() => api.multipart(asked, { idempotencyKey }), isPassing)
  const pieces = made.parts.map(({ partNumber, size, uploadUrl }) =>
    newPiece(partNumber, (partNumber - 1) * made.partSize, size, uploadUrl)
  )
  return { token: made.sessionToken, kind: 'multipart', pieces, isContinued: false, isCompleted: false }
}

/** undefined: that session is over, and nothing came of it. */
async function continueSession(api: Api, insist: Insist, token: string): Promise<Opened | undefined> {
  try {
    const resumed = await insist(() => api.resume({ sessionToken: token }), isPassing)
    const pieces =
      resumed.kind === 'put'
        ? [newPiece(1, 0, resumed.fileSize)]
        : resumed.parts.map(({ partNumber, size }) =>
            newPiece(partNumber, (partNumber - 1) * (resumed.partSize ?? 0), size)
          )
    takeOver(pieces, resumed)
    return { token, kind: resumed.kind, pieces, isContinued: true, isCompleted: false }
  } catch (error) {
    if (hasCode(error, 'session_completed')) {
      return { token, kind: 'put', pieces: [], isContinued: true, isCompleted: true }
    }
    if (isGone(error)) return undefined
    throw error
  }
}

/** Brings the pieces that nobody is sending up to date with what the server has. */
export function takeOver(pieces: readonly Piece[], resumed: Resumed): void {
  const told = new Map(resumed.parts.map(part => [part.partNumber, part]))
  for (const piece of pieces) {
    if (piece.isSending || piece.hasArrived) continue
    const about = resumed.kind === 'put' ? resumed : told.get(piece.partNumber)
    piece.hasArrived = about?.received ?? false
    piece.eTag = resumed.kind === 'put' ? undefined : told.get(piece.partNumber)?.eTag
    piece.sent = piece.hasArrived ? piece.size : 0
    piece.url = about?.uploadUrl
    piece.headers = resumed.headers ?? {}
  }
}

const newPiece = (
  partNumber: number,
  start: number,
  size: number,
  url?: string,
  headers: Readonly<Record<string, string>> = {}
): Piece => ({ partNumber, start, size, url, headers, eTag: undefined, hasArrived: false, isSending: false, sent: 0 })

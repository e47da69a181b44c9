import { ConnectionError, ProblemError, SourceError } from '../errors.ts'
import { isPassing } from '../request.ts'
import type { Control } from './control.ts'
import type { Persistence } from './insist.ts'
import type { Reporter } from './progress.ts'
import type { Send } from './send.ts'

/** One PUT: a part of the file, or all of it. */
export interface Piece {
  readonly partNumber: number
  readonly start: number
  readonly size: number
  /** undefined: a fresh one is to be asked for. */
  url: string | undefined
  headers: Readonly<Record<string, string>>
  eTag: string | undefined
  hasArrived: boolean
  isSending: boolean
  /** Bytes of it that have left. */
  sent: number
}

export interface Sending {
  readonly source: Blob
  readonly pieces: readonly Piece[]
  readonly parallel: number
  readonly send: Send
  /** Asks what has arrived, and gives fresh addresses to the pieces that have none. */
  readonly refresh: () => Promise<void>
  readonly control: Control
  readonly reporter: Reporter
  readonly persistence: Persistence
}

/** How often a piece may be refused at fresh addresses before it is given up. */
const REFUSALS = 5

/** Sends what has not arrived, so many pieces at once. Each is sent again until it is there. */
export async function sendPieces(sending: Sending): Promise<void> {
  const { pieces, parallel, control, persistence } = sending
  const waiting = pieces.filter(piece => !piece.hasArrived)
  // One that fails for good ends the others.
  const failed = new AbortController()
  const work = async () => {
    for (let piece = waiting.shift(); piece && !failed.signal.aborted; piece = waiting.shift()) {
      const one = piece
      let refusals = 0
      await persistence.insist(
        () => sendPiece(sending, one, AbortSignal.any([control.running, failed.signal])),
        error => isPassing(error) || (mayBeStale(error) && ++refusals <= REFUSALS)
      )
    }
  }
  const workers = Array.from({ length: Math.min(parallel, waiting.length) }, () =>
    work().catch(error => {
      if (!failed.signal.aborted) failed.abort(error)
      throw failed.signal.reason
    })
  )
  // All of them, so that nothing is under way any more when it is told.
  const results = await Promise.allSettled(workers)
  for (const result of results) if (result.status === 'rejected') throw result.reason
}

async function sendPiece(sending: Sending, piece: Piece, signal: AbortSignal): Promise<void> {
  const { source, send, refresh, reporter, persistence } = sending
  signal.throwIfAborted()
  if (piece.url === undefined) await refresh()
  if (piece.hasArrived) return
  const { url, headers } = piece
  if (url === undefined) throw new ConnectionError('no address was given')
  const { start, size } = piece
  piece.isSending = true
  const leave = reporter.sending()
  let best = reporter.current().bytesSent
  try {
    const {
      status,
      headers: told,
      text
    } = await send({
      url,
      headers,
      body: source.slice(start, start + size),
      signal,
      onProgress(bytes) {
        piece.sent = Math.min(bytes, size)
        const { bytesSent } = reporter.current()
        if (bytesSent > best) persistence.headway()
        best = bytesSent
      }
    })
    if (status < 200 || status > 299) throw new Refusal(status, told, text)
    piece.eTag = told.get('etag') ?? undefined
    piece.hasArrived = true
    piece.sent = size
    persistence.headway()
  } catch (error) {
    piece.sent = 0
    // It may have arrived all the same, and the address may be worn out: asked before it is sent again.
    piece.url = undefined
    signal.throwIfAborted()
    if (error instanceof ConnectionError) await requireReadable(source, start)
    throw error
  } finally {
    piece.isSending = false
    leave()
  }
}

/** A browser tells of a file that has changed as of a broken line. */
async function requireReadable(source: Blob, start: number): Promise<void> {
  try {
    await source.slice(start, start + 1).arrayBuffer()
  } catch (error) {
    throw new SourceError(error)
  }
}

/** What storage answered to a PUT, other than a good word. */
class Refusal extends ProblemError {}

/** An address wears out, a session may have been ended elsewhere: asking for fresh addresses tells. Else it stays as it is. */
const mayBeStale = (error: unknown): boolean =>
  error instanceof Refusal &&
  ([403, 404, 408, 409, 410].includes(error.status) || (error.status === 400 && error.code === 'unknown_answer'))

import { randomKey } from '../call.ts'
import type { UploadStatus } from '../contract.ts'
import { isPassing } from '../request.ts'
import { browserConnectivity, type Connectivity, createControl } from './control.ts'
import type { UploadDescription } from './description.ts'
import { factsOf, identify } from './identity.ts'
import { createPersistence, hasCode, isGone } from './insist.ts'
import { type Piece, sendPieces } from './pieces.ts'
import { createReporter, type Progress } from './progress.ts'
import { chooseSend, type Send, withoutStalling } from './send.ts'
import { type Api, type Opened, openSession, takeOver } from './session.ts'
import { memoryStore, type UploadStore } from './store.ts'

const MiB = 2 ** 20
/** How often all parts are sent when storage loses some. */
const ROUNDS = 3

export interface UploadOptions {
  /** Where it is remembered, so that the same call goes on with it later. Left out, it cannot be continued. */
  readonly store?: UploadStore
  /** In place of the file's own; needed for a Blob. */
  readonly fileName?: string | undefined
  readonly contentType?: string | undefined
  /** Parts that are sent at once: 4 unless told otherwise. */
  readonly parallel?: number
  /** Bytes of a part, at least 5 MiB: 8 MiB unless told otherwise. A broken line loses what it had of a part. */
  readonly partSize?: number
  /** Seconds that it goes on trying without any headway, while there is a network: 900 unless told otherwise. */
  readonly patienceSeconds?: number
  /** Seconds after which a sending that does not move is taken for dead: 60 unless told otherwise. */
  readonly stallSeconds?: number
  /** Aborts the upload, as `abort` does. */
  readonly signal?: AbortSignal | undefined
  readonly send?: Send
  readonly connectivity?: Connectivity
}

/** A running upload. As an async iterable it tells its progress, to the end. */
export interface UploadHandle extends AsyncIterable<Progress> {
  /** The status of the upload that was made. Rejects with ProblemError, ConnectionError, SourceError or an AbortError. */
  readonly done: Promise<UploadStatus>
  /** The latest snapshot. */
  readonly progress: Progress
  /** Called with each new snapshot; returns how to stop that. */
  onProgress(listener: (progress: Progress) => void): () => void
  /** Stops sending at once. What has arrived stays. */
  pause(): void
  resume(): void
  /** Ends it at the server too, which gives the quota back. Rejects when it is too late, or when the server cannot be told. */
  abort(): Promise<void>
}

export function startUpload(
  api: Api,
  source: Blob,
  description: UploadDescription,
  options: UploadOptions = {}
): UploadHandle {
  const { store = memoryStore(), parallel = 4, partSize = 8 * MiB, patienceSeconds = 900, stallSeconds = 60 } = options
  const { send = chooseSend(), connectivity = browserConnectivity() } = options
  const file = factsOf(source, options)
  const control = createControl()
  let pieces: readonly Piece[] = []
  const reporter = createReporter(
    source.size,
    () => pieces.reduce((sum, piece) => sum + piece.sent, 0),
    () => control.isPaused
  )
  const persistence = createPersistence(control, reporter, connectivity, patienceSeconds)
  const { insist } = persistence
  /** Of the ending: what `abort` has to tell. */
  let tooLate: unknown

  async function run(): Promise<UploadStatus> {
    const key = options.store ? await identify(source, file, description) : randomKey()
    const opened = await open(key)
    try {
      const status = await transfer(opened)
      await store.remove(key)
      return status
    } catch (error) {
      const status = control.ended.aborted ? await endSession(opened) : undefined
      const isHopeless = hasCode(error, 'file_invalid') || hasCode(error, 'target_refused')
      // The bytes of a session cannot be changed: it would be refused for ever, and hold its quota.
      if (isHopeless) await api.abort({ sessionToken: opened.token }).catch(() => {})
      if (isHopeless || isGone(error) || (control.ended.aborted && tooLate === undefined)) await store.remove(key)
      if (!status) throw error
      await store.remove(key)
      return status
    }
  }

  async function open(key: string): Promise<Opened> {
    try {
      return await openSession(api, insist, { key, store }, { file, description, partSize })
    } catch (error) {
      if (control.ended.aborted) await store.remove(key)
      throw error
    }
  }

  async function transfer(opened: Opened): Promise<UploadStatus> {
    control.ended.throwIfAborted()
    pieces = opened.pieces
    if (opened.isContinued) reporter.continued()
    if (opened.isCompleted) return complete(opened, [])
    const refresh = share(async () =>
      takeOver(pieces, await api.resume({ sessionToken: opened.token }, { signal: control.running }))
    )
    const sending = { source, pieces, parallel, send: withoutStalling(send, stallSeconds), refresh }
    for (let round = 1; ; round++) {
      reporter.enter('sending')
      try {
        await sendPieces({ ...sending, control, reporter, persistence })
      } catch (error) {
        // Another tab has completed it.
        if (hasCode(error, 'session_completed')) return complete(opened, [])
        throw error
      }
      try {
        return await complete(opened, pieces)
      } catch (error) {
        // What had arrived is not there any more: storage lost it.
        const isMissing = hasCode(error, 'invalid_parts') || hasCode(error, 'object_missing')
        if (!isMissing || round === ROUNDS || !(await forget(pieces, refresh))) throw error
      }
    }
  }

  function complete({ token, kind }: Opened, sent: readonly Piece[]): Promise<UploadStatus> {
    reporter.enter('completing')
    const parts = kind === 'put' ? [] : sent.map(({ partNumber, eTag = '' }) => ({ partNumber, eTag }))
    // Its session is what makes it once: repeated, it answers with the same upload.
    return insist(() => api.complete({ sessionToken: token, parts }, { signal: control.running }), isPassing)
  }

  /** Tells the server of an abort. The upload, where it was too late for that. */
  async function endSession({ token }: Opened): Promise<UploadStatus | undefined> {
    try {
      await api.abort({ sessionToken: token })
    } catch (error) {
      if (isGone(error)) return undefined
      tooLate = error
      if (hasCode(error, 'session_completed')) return api.complete({ sessionToken: token, parts: [] })
    }
    return undefined
  }

  const done = run().then(
    status => {
      reporter.enter('done')
      return status
    },
    error => {
      reporter.enter(control.ended.aborted ? 'aborted' : 'failed')
      throw error
    }
  )

  async function abort(): Promise<void> {
    control.abort(new DOMException('The upload was aborted', 'AbortError'))
    await done.catch(() => {})
    if (tooLate !== undefined) throw tooLate
  }

  if (options.signal?.aborted) void abort().catch(() => {})
  options.signal?.addEventListener('abort', () => void abort().catch(() => {}), { once: true })

  return {
    done,
    get progress() {
      return reporter.current()
    },
    onProgress: reporter.listen,
    pause() {
      control.pause()
      reporter.look()
    },
    resume() {
      control.resume()
      reporter.look()
    },
    abort,
    [Symbol.asyncIterator]: () => follow(done, reporter.current, reporter.listen)
  }
}

/** The latest snapshot each time; throws what `done` rejects with. */
async function* follow(
  done: Promise<unknown>,
  current: () => Progress,
  listen: (listener: () => void) => () => void
): AsyncGenerator<Progress, void> {
  let isOver = false
  let wake = () => {}
  const over = done.finally(() => {
    isOver = true
    wake()
  })
  over.catch(() => {})
  const leave = listen(() => wake())
  try {
    for (let told: Progress | undefined; ; ) {
      const next = current()
      if (next !== told) {
        told = next
        yield next
      } else if (isOver) break
      else {
        await new Promise<void>(resolve => {
          wake = resolve
          if (current() !== told || isOver) resolve()
        })
      }
    }
    await over
  } finally {
    leave()
  }
}

/** Calls that come while one is under way get its answer. */
function share(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => {
    running ??= work().finally(() => {
      running = undefined
    })
    return running
  }
}

/** Asks anew for everything. True: something has to be sent again. */
async function forget(pieces: readonly Piece[], refresh: () => Promise<void>): Promise<boolean> {
  for (const piece of pieces) Object.assign(piece, { hasArrived: false, url: undefined, sent: 0 })
  await refresh()
  return pieces.some(piece => !piece.hasArrived)
}

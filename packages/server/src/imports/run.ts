import { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Dispatcher } from 'undici'
import type { App } from '../app.ts'
import type { Exempt } from '../net/url.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { StorageFull, TooLong } from '../storage/errors.ts'
import { arrive, fail, Over } from './arrive.ts'
import { FetchFailed, final, MustRestart, passing } from './failures.ts'
import { type Fetching, fetchFile, tooLarge } from './fetch.ts'
import * as queries from './queries.ts'
import { contextOf } from './start.ts'

export interface Importing {
  readonly app: App
  readonly platforms: Platforms
  readonly agent: Dispatcher
  readonly isExempt?: Exempt | undefined
  readonly maxBytes: number
  /** Aborted when the process stops. */
  readonly stopping: AbortSignal
}

/** Milliseconds between two beats, each of which extends the lease and tells how far it is. */
const BEAT = 2000
/** Whole files from their first byte. */
const MAX_STARTS = 3
/** Seconds until a fault of ours is tried again. */
const AGAIN = 60

/** Fetches the file of a claimed import and makes its upload, or ends it with a failure that its status tells. */
export async function runImport(importing: Importing, claimed: queries.Claimed): Promise<void> {
  const { app, stopping } = importing
  const { db } = app.database
  const over = new AbortController()
  const late = AbortSignal.timeout(Math.max(0, Math.ceil(claimed.left * 1000)))
  const signal = AbortSignal.any([stopping, over.signal, late])
  const seen = { received: 0, total: null as number | null, requests: 0 }
  const beating = keepBeating(() => tell(), over)

  async function tell(): Promise<boolean> {
    const told = { ...seen }
    // Before the answer is there: two of these may be under way, and each request is told once.
    seen.requests = 0
    return queries.beat(db, claimed, told).catch(error => {
      seen.requests += told.requests
      throw error
    })
  }

  let hasBegunToEnd = false
  try {
    if (claimed.formerKey !== claimed.storageKey) await app.storage.remove(claimed.formerKey)
    const arrival = await download(importing, claimed, signal, seen)
    if (!(await tell())) throw new Over()
    hasBegunToEnd = true
    await arrive(app, importing.platforms, claimed, arrival)
  } catch (error) {
    const isOurFault = !(error instanceof FetchFailed || error instanceof Over)
    // Whether a commit that was not answered took place is not known: the sweep removes what nothing needs.
    if (!hasBegunToEnd || !isOurFault) await app.storage.remove(claimed.storageKey)
    if (error instanceof Over || stopping.aborted || over.signal.aborted) return
    const failure = late.aborted && !hasBegunToEnd ? tooLate : toFailed(error)
    if (failure) {
      await tell()
      await fail(app, claimed, failure.failure).catch(ignoreOver)
      app.log.info({ tenantId: claimed.tenantId, err: failure.cause, code: failure.failure.code }, 'an import failed')
    } else {
      await queries.postpone(db, claimed, AGAIN)
      throw error
    }
  } finally {
    await beating.stop()
  }
}

/** Streams the file into the store, in constant memory; from its first byte again where it cannot be continued. */
async function download(
  { app, agent, isExempt, maxBytes }: Importing,
  claimed: queries.Claimed,
  signal: AbortSignal,
  seen: { received: number; total: number | null; requests: number }
) {
  const source: Fetching = {
    url: new URL(app.seal.open(claimed.url, contextOf(claimed.id))),
    agent,
    isExempt,
    maxBytes,
    signal,
    onRequest: () => seen.requests++,
    onBytes: (received, total) => Object.assign(seen, { received, total }),
    sleep: seconds => sleep(seconds * 1000, undefined, { signal })
  }
  for (let start = 1; ; start++) {
    const { name, type, body } = await fetchFile(source)
    const stream = Readable.from(body, { objectMode: false })
    try {
      const stored = await app.storage.put(claimed.storageKey, stream, { maxBytes })
      if (stored.bytes === 0) throw final('file_invalid', 'The file is empty.')
      return { stored, name, type }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof TooLong) throw tooLarge(maxBytes)
      if (!(error instanceof MustRestart)) throw error
      if (start === MAX_STARTS) throw broken(error)
    } finally {
      stream.destroy()
    }
  }
}

const broken = (cause: Error) =>
  passing(
    'source_cut',
    'The connection broke again and again, and the other server cannot continue a file where it broke.',
    cause
  )

const tooLate = final('source_too_slow', 'The file did not arrive within two hours.')

/** Null: a fault of ours, which may pass. */
function toFailed(error: unknown): FetchFailed | null {
  if (error instanceof FetchFailed) return error
  return error instanceof StorageFull ? final('no_room', 'There is no room for the file on this server.') : null
}

function ignoreOver(error: unknown): void {
  if (!(error instanceof Over)) throw error
}

/** One beat at a time; one that cannot be written leaves it to the lease. */
function keepBeating(beat: () => Promise<boolean>, over: AbortController) {
  let running: Promise<void> | undefined
  const once = async () => {
    if (!(await beat().catch(() => true))) over.abort(new Over())
  }
  const timer = setInterval(() => {
    running ??= once().finally(() => {
      running = undefined
    })
  }, BEAT)
  return {
    async stop() {
      clearInterval(timer)
      await running
    }
  }
}

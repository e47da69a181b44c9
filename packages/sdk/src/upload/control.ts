import { wait } from '../waiting.ts'

/** Tells whether there is a network at all. What it says is a hint: "online" may be wrong in both directions. */
export interface Connectivity {
  isOnline(): boolean
  /** Returns how to stop listening. */
  onOnline(listener: () => void): () => void
}

/** The browser's own; elsewhere there is always a network. */
export function browserConnectivity(): Connectivity {
  const { navigator, addEventListener, removeEventListener } = globalThis as unknown as {
    navigator?: { onLine?: boolean }
    addEventListener?(type: 'online', listener: () => void): void
    removeEventListener?(type: 'online', listener: () => void): void
  }
  return {
    isOnline: () => navigator?.onLine !== false,
    onOnline(listener) {
      addEventListener?.('online', listener)
      return () => removeEventListener?.('online', listener)
    }
  }
}

/** Seconds between two tries although the browser says that it is offline. */
const OFFLINE_LOOK = 15

/** What the caller wants of a running upload. */
export interface Control {
  /** Aborted by `abort` alone. */
  readonly ended: AbortSignal
  /** Aborted by `abort` and by `pause`; another one after `resume`. */
  readonly running: AbortSignal
  readonly isPaused: boolean
  pause(): void
  resume(): void
  abort(reason: unknown): void
  /** Resolves when it is not paused. Throws once it is aborted. */
  untilRunning(): Promise<void>
  /** Waits so many seconds, or until there is a network, a pause or an abort. */
  rest(seconds: number, connectivity: Connectivity): Promise<void>
}

export function createControl(): Control {
  const ended = new AbortController()
  let running = new AbortController()
  let goOn: (() => void) | undefined
  let resumed: Promise<void> | undefined

  return {
    ended: ended.signal,
    get running(): AbortSignal {
      return running.signal
    },
    get isPaused(): boolean {
      return resumed !== undefined
    },
    pause(): void {
      if (resumed || ended.signal.aborted) return
      resumed = new Promise(resolve => {
        goOn = resolve
      })
      running.abort(new DOMException('The upload is paused', 'AbortError'))
    },
    resume(): void {
      if (!resumed || ended.signal.aborted) return
      running = new AbortController()
      resumed = undefined
      goOn?.()
    },
    abort(reason: unknown): void {
      ended.abort(reason)
      running.abort(reason)
      resumed = undefined
      goOn?.()
    },
    async untilRunning(): Promise<void> {
      await resumed
      ended.signal.throwIfAborted()
    },
    async rest(seconds: number, connectivity: Connectivity): Promise<void> {
      const early = new AbortController()
      const leave = connectivity.onOnline(() => early.abort())
      const longest = connectivity.isOnline() ? seconds : Math.max(seconds, OFFLINE_LOOK)
      try {
        await wait(longest, AbortSignal.any([early.signal, running.signal])).catch(() => {})
      } finally {
        leave()
      }
    }
  }
}

/** Closes what was opened, last first, on a signal or on request. */
export interface Stopper {
  /** Waits for `opening` and will close it; also when stopping begins before it is open. */
  open<T>(name: string, opening: Promise<T>, close: (opened: T) => Promise<void> | void): Promise<T>
  /** Closes everything. What does not close within the budget is named and left behind. */
  stop(): Promise<void>
}

export interface StopperOptions {
  readonly say: (line: string) => void
  /** For all closings together, in milliseconds. */
  readonly budget?: number
}

/** Thrown by `open` when stopping has begun: not a fault, the start just ends there. */
export class Stopping extends Error {}

export function createStopper({ say, budget = 4500 }: StopperOptions): Stopper {
  const opened: { name: string; close: () => Promise<void> }[] = []
  let stopping: Promise<void> | undefined
  return {
    open: async (name, opening, close) => {
      opened.push({ name, close: () => opening.then(close, () => {}) })
      const thing = await opening
      if (stopping) throw new Stopping()
      return thing
    },
    stop: () => {
      stopping ??= closeAll()
      return stopping
    }
  }

  async function closeAll(): Promise<void> {
    const end = Date.now() + budget
    for (let next = opened.pop(); next; next = opened.pop()) {
      // What is opened first (the database) is closed last: each before it gets half of what is left, so that its turn comes.
      const left = Math.max(end - Date.now(), 0)
      await within(opened.length > 0 ? left / 2 : left, next.close)
        .then(isDone => isDone || say(`${next?.name} did not close in time.`))
        .catch((error: Error) => say(`${next?.name} did not close: ${error.message}`))
    }
  }
}

async function within(milliseconds: number, close: () => Promise<void>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const timeUp = new Promise<false>(resolve => {
    timer = setTimeout(resolve, milliseconds, false)
  })
  try {
    return await Promise.race([close().then(() => true), timeUp])
  } finally {
    clearTimeout(timer)
  }
}

/** One Ctrl-C may arrive more than once: from the terminal, from npm and from the wrapper. */
const SAME_PRESS_MILLISECONDS = 700

/** Calls `stop` and ends the process on a signal, or when the wrapper is gone. A second Ctrl-C ends it at once. */
export function stopOnSignals(stop: () => Promise<void>, say: (line: string) => void): void {
  let firstAt: number | undefined
  const onSignal = (signal: NodeJS.Signals | 'disconnect') => {
    if (firstAt !== undefined) {
      if (signal === 'SIGINT' && Date.now() - firstAt > SAME_PRESS_MILLISECONDS) process.exit(130)
      return
    }
    firstAt = Date.now()
    say('Stopping. (Ctrl-C once more ends it at once.)')
    stop().finally(() => process.exit())
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal)
  if (process.connected) process.on('disconnect', () => onSignal('disconnect'))
  // A worker between two tries has nothing open: what ends the process is a signal, not running out of work.
  setInterval(() => {}, 2 ** 31 - 1)
}

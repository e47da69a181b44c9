import { Worker } from 'node:worker_threads'
import type { Frozen, Storage } from '../storage/storage.ts'
import type { Probe } from './measures.ts'
import type { FromThread, ToThread } from './probe-thread.ts'

/**
 * What one probe may cost. Files are written by strangers: the demuxer runs in a thread of its own, which is ended when
 * a file makes it read, wait, calculate or allocate beyond these. Three hours of mp4 take 13 MB and half a second; of
 * twelve hours at 60 pictures a second the length stays unknown.
 */
export const LIMITS = { bytes: 128 << 20, milliseconds: 10_000, memoryMegabytes: 320, threads: 2 }

type Limits = Pick<typeof LIMITS, 'bytes' | 'milliseconds'>

/**
 * What a stored file is, measured with ranged reads. Beyond the limits the answer holds what was known until then; a file
 * of which not even the tracks were found is no video. Throws what the storage throws.
 */
export async function probe(
  storage: Pick<Storage, 'read'>,
  file: Frozen,
  limits: Limits = LIMITS
): Promise<Probe & { readonly bytesRead: number }> {
  const thread = await takeThread()
  let isReusable = false
  try {
    const { promise, resolve, reject } = Promise.withResolvers<Probe>()
    let known: Probe = { media: null, looksLike: 'a damaged file: it cannot be read within reasonable limits' }
    let bytesRead = 0
    const give = async ({ ask, start, end }: { ask: number; start: number; end: number }) => {
      bytesRead += end - start
      if (bytesRead > limits.bytes) return resolve(known)
      const data = await readRange(storage, file, start, end)
      thread.postMessage({ answer: ask, data } satisfies ToThread, [data.buffer])
    }
    const hear = (message: FromThread) => {
      // A thread that was just started is not the file's to answer for.
      timer ??= setTimeout(giveUp, limits.milliseconds)
      if ('ask' in message) give(message).catch(reject)
      else if ('known' in message) known = message.known
      else if ('done' in message) {
        isReusable = true
        resolve(message.done)
      } else resolve(known)
    }
    // It ran out of memory, or something in it threw where nobody listens.
    const giveUp = () => resolve(known)
    let timer: NodeJS.Timeout | undefined
    thread.on('message', hear).on('error', giveUp).on('exit', giveUp)
    thread.ref()
    thread.postMessage({ bytes: file.bytes } satisfies ToThread)
    try {
      return { ...(await promise), bytesRead }
    } finally {
      clearTimeout(timer)
      thread.off('message', hear).off('error', giveUp).off('exit', giveUp)
    }
  } finally {
    giveBack(thread, isReusable)
  }
}

async function readRange(storage: Pick<Storage, 'read'>, file: Frozen, start: number, end: number) {
  const data = new Uint8Array(end - start)
  let at = 0
  for await (const chunk of await storage.read(file, start, end)) {
    data.set(chunk as Buffer, at)
    at += (chunk as Buffer).length
  }
  return data
}

const idle: Worker[] = []
const waiting: ((thread: Worker) => void)[] = []
let running = 0

function takeThread(): Promise<Worker> | Worker {
  const thread = idle.pop()
  if (thread) return thread
  if (running >= LIMITS.threads) return new Promise(resolve => waiting.push(resolve))
  return startThread()
}

function startThread(): Worker {
  running++
  const thread = new Worker(new URL('./probe-thread.ts', import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: LIMITS.memoryMegabytes },
    // Nothing of the instance's settings is there for a parser that reads what strangers wrote.
    env: {}
  })
  // An error that nobody hears would end the process.
  thread
    .on('error', () => {})
    .on('exit', () => {
      const at = idle.indexOf(thread)
      if (at < 0) return
      idle.splice(at, 1)
      running--
    })
  return thread
}

/** A thread that finished its file takes the next; any other is ended, whatever it is doing. */
function giveBack(thread: Worker, isReusable: boolean): void {
  const next = waiting.shift()
  if (!isReusable) {
    thread.terminate().catch(() => {})
    running--
    next?.(startThread())
  } else if (next) next(thread)
  else {
    // An idle thread keeps no process alive.
    thread.unref()
    idle.push(thread)
  }
}

import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { TooLong, TooShort } from './errors.ts'

/**
 * Sockets hand over 64 KiB at a time; a system call for each costs more than the copy it makes. More at once is slower:
 * the bytes have left the processor's cache before they are copied.
 */
const GATHER = 256 << 10
/** Beyond this the source waits for the disk. */
const HOLD = 4 << 20
const MAX_BUFFERS = 512
/** Dirty pages are sent to the disk while the body still flows, so that the sync at its end has little left to do. */
const SYNC_EVERY = 64 << 20

export interface BodyAbout {
  readonly maxBytes: number
  /** Fewer bytes than `maxBytes` are a fault too. */
  readonly exact?: boolean
  /** The SHA-256: 0.5 s of CPU a GB. */
  readonly digest?: boolean
  /** The CRC-32: 0.15 s of CPU a GB, which is a third of what the thread that reads the socket has to do. */
  readonly checksum?: boolean
  /** The chunks are nobody else's: their memory is given back once they are written. */
  readonly disposable?: boolean
}

export interface Written {
  readonly bytes: number
  /** 0 where no checksum was asked for. */
  readonly crc: number
  readonly sha256?: string
}

/**
 * Writes a body to the beginning of `file`; the last sync is the caller's. Throws TooLong at the first byte over,
 * TooShort at the end, or what the source or the disk threw; the source is then left paused, neither drained nor
 * destroyed.
 */
export function writeBody(source: Readable, file: FileHandle, about: BodyAbout): Promise<Written> {
  const { promise, resolve, reject } = Promise.withResolvers<Written>()
  const hash = about.digest ? createHash('sha256') : undefined
  let waiting: Buffer[] = []
  let held = 0
  let bytes = 0
  let crc = 0
  let position = 0
  let synced = 0
  let syncing: Promise<void> | undefined
  let isWriting = false
  let hasEnded = false
  let isDone = false

  const stop = () => {
    isDone = true
    source.pause()
    source.off('data', onData).off('end', onEnd).off('error', fail).off('close', onClose)
  }
  const fail = (error: unknown) => {
    if (isDone) return
    stop()
    reject(error)
  }
  const finish = async () => {
    if (about.exact && bytes < about.maxBytes) throw new TooShort(`${bytes} of ${about.maxBytes} bytes came`)
    await syncing
    stop()
    resolve({ bytes, crc, ...(hash && { sha256: hash.digest('hex') }) })
  }
  const write = async () => {
    isWriting = true
    while (!isDone && (held >= GATHER || waiting.length >= MAX_BUFFERS || (hasEnded && held > 0))) {
      const batch = waiting
      waiting = []
      held = 0
      source.resume()
      position = await writeAll(file, batch, position)
      if (about.disposable) batch.forEach(freeNow)
      if (position - synced >= SYNC_EVERY && !syncing) {
        synced = position
        syncing = file.datasync().finally(() => {
          syncing = undefined
        })
        syncing.catch(fail)
      }
    }
    isWriting = false
    if (hasEnded && !isDone) await finish()
  }
  const onData = (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > about.maxBytes) return fail(new TooLong(`more than ${about.maxBytes} bytes came`))
    if (about.checksum) crc = crc32(chunk, crc)
    hash?.update(chunk)
    waiting.push(chunk)
    held += chunk.length
    if (held >= HOLD) source.pause()
    if (!isWriting && (held >= GATHER || waiting.length >= MAX_BUFFERS)) write().catch(fail)
  }
  const onEnd = () => {
    hasEnded = true
    if (!isWriting) write().catch(fail)
  }
  const onClose = () => {
    if (!hasEnded) fail(new Error('the body was cut off'))
  }
  if (source.destroyed) return Promise.reject(source.errored ?? new Error('the body was cut off'))
  source.on('data', onData).on('end', onEnd).on('error', fail).on('close', onClose)
  return promise
}

/**
 * Left to the garbage collector, every 64 MiB of written chunks set off a marking of the whole heap: a quarter of all CPU
 * time of an upload, and more in a process that has more than uploads in it.
 */
function freeNow(chunk: Buffer): void {
  if (chunk.byteLength === chunk.buffer.byteLength && chunk.buffer instanceof ArrayBuffer) chunk.buffer.transfer(0)
}

/** A source may break off before anybody reads it and after, which must not bring the process down. */
export const hearErrors = (source: Readable) => source.on('error', () => {})

/** A full disk takes a part of a write without an error and refuses the next: go on until either all is in or it says so. */
async function writeAll(file: FileHandle, batch: Buffer[], at: number): Promise<number> {
  let position = at
  let rest = batch
  while (rest.length > 0) {
    let { bytesWritten } = await file.writev(rest, position)
    position += bytesWritten
    let whole = 0
    while (whole < rest.length && bytesWritten >= (rest[whole]?.length ?? 0)) bytesWritten -= rest[whole++]?.length ?? 0
    const first = rest[whole]
    rest = first ? [first.subarray(bytesWritten), ...rest.slice(whole + 1)] : []
  }
  return position
}

import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdir, open, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { ByteStore, Incoming } from './sandbox.ts'

/** One write of this size costs less than sixteen of what a socket gives. */
const BATCH = 2 ** 20

interface Running {
  cut: boolean
  /** Ends the stream, which may be waiting for a sender that is gone. */
  readonly stop: () => void
  readonly done: Promise<unknown>
}

/** One file per session. The digest grows with the file; after a restart, or after bytes were dropped, it is made from the file again. */
export async function openFiles(folder: string): Promise<ByteStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const digests = new Map<string, { hash: Hash; bytes: number }>()
  const running = new Map<string, Running>()

  const pathOf = (session: string): string => {
    if (!/^[\w-]{1,128}$/.test(session)) throw new Error('a session is named by letters, digits, - and _')
    return join(folder, session)
  }
  const size = async (session: string): Promise<number> =>
    stat(pathOf(session)).then(
      s => s.size,
      () => 0
    )

  async function receive(session: string, { offset, limit, unit, stream }: Incoming, run: Running): Promise<number> {
    let at = await size(session)
    // A process that was killed leaves part of a unit behind.
    if (at > offset && at < offset + unit && at < limit) {
      await truncate(pathOf(session), offset)
      at = offset
    }
    if (at !== offset) return at
    const digest = await digestOf(session, at)
    const file = await open(pathOf(session), 'a')
    let isWhole = false
    try {
      for await (const batch of batches(stream, limit - at)) {
        // The digest needs the processor and the write the disk: both at once.
        const write = writeAll(file, batch)
        for (const part of batch) digest.hash.update(part)
        await write
        for (const part of batch) at += part.length
        digest.bytes = at
        if (run.cut) break
      }
      isWhole = !run.cut
    } catch {
      // The sender went away: what arrived stays, in whole units.
    } finally {
      await file.close()
    }
    const kept = isWhole || at >= limit ? at : offset + Math.floor((at - offset) / unit) * unit
    if (kept < at) {
      await truncate(pathOf(session), kept)
      digests.delete(session)
    }
    return kept
  }

  async function digestOf(session: string, bytes: number): Promise<{ hash: Hash; bytes: number }> {
    const known = digests.get(session)
    if (known?.bytes === bytes) return known
    const hash = createHash('sha256')
    if (bytes > 0)
      for await (const part of createReadStream(pathOf(session), { highWaterMark: BATCH })) hash.update(part)
    const fresh = { hash, bytes }
    digests.set(session, fresh)
    return fresh
  }

  return {
    size,
    async append(session, incoming) {
      for (let before = running.get(session); before; before = running.get(session)) {
        before.cut = true
        before.stop()
        await before.done
      }
      const { promise: done, resolve } = Promise.withResolvers<void>()
      const run: Running = { cut: false, stop: incoming.stop, done }
      running.set(session, run)
      try {
        return await receive(session, incoming, run)
      } finally {
        running.delete(session)
        resolve()
      }
    },
    async sha256(session) {
      return (await digestOf(session, await size(session))).hash.copy().digest('hex')
    },
    async remove(session) {
      digests.delete(session)
      await rm(pathOf(session), { force: true })
    }
  }
}

/** Gathers what a socket gives. Throws away, by throwing, a stream that is longer than `room`. Gives what it has when the stream breaks. */
async function* batches(stream: AsyncIterable<Uint8Array>, room: number): AsyncGenerator<Uint8Array[]> {
  let batch: Uint8Array[] = []
  let held = 0
  let left = room
  let broken: unknown
  try {
    for await (const part of stream) {
      if (part.length > left) throw new RangeError('more bytes than announced')
      left -= part.length
      batch.push(part)
      held += part.length
      if (held < BATCH) continue
      yield batch
      batch = []
      held = 0
    }
  } catch (error) {
    broken = error
  }
  if (held > 0) yield batch
  if (broken !== undefined) throw broken
}

async function writeAll(file: FileHandle, batch: readonly Uint8Array[]): Promise<void> {
  const total = batch.reduce((sum, part) => sum + part.length, 0)
  const { bytesWritten } = await file.writev(batch as Uint8Array[])
  if (bytesWritten === total) return
  const rest = Buffer.concat(batch as Uint8Array[]).subarray(bytesWritten)
  for (let at = 0; at < rest.length; ) at += (await file.write(rest, at)).bytesWritten
}

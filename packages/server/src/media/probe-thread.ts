import { parentPort } from 'node:worker_threads'
import { CustomSource, Logging, LogLevel } from 'mediabunny'
import { measure } from './measure.ts'
import type { Probe } from './measures.ts'

/** What the thread is told: a file to look into, then the bytes that it asked for. */
export type ToThread = { readonly bytes: number } | { readonly answer: number; readonly data: Uint8Array<ArrayBuffer> }

export type FromThread =
  | { readonly ask: number; readonly start: number; readonly end: number }
  | { readonly known: Probe }
  | { readonly done: Probe }
  | { readonly failed: string }

/** Demuxers read a box's head here and another there: a store is asked for whole blocks. */
const BLOCK = 64 << 10
/** Longer reads are samples or an index, and come as they were asked for. */
const LONG = 256 << 10

Logging.level = LogLevel.Silent
const port = parentPort as NonNullable<typeof parentPort>
const waiting = new Map<number, (data: Uint8Array<ArrayBuffer>) => void>()
let asked = 0
const say = (message: FromThread) => port.postMessage(message)

port.on('message', (message: ToThread) => {
  if ('bytes' in message) {
    look(message.bytes).catch((error: unknown) => say({ failed: String(error) }))
  } else {
    waiting.get(message.answer)?.(message.data)
    waiting.delete(message.answer)
  }
})

async function look(bytes: number): Promise<void> {
  const blocks = new Map<number, Promise<Uint8Array>>()
  const fetch = (start: number, end: number) => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array<ArrayBuffer>>()
    waiting.set(++asked, resolve)
    say({ ask: asked, start, end })
    return promise
  }
  const fetchBlock = (index: number) => {
    const known = blocks.get(index)
    if (known) return known
    const block = fetch(index * BLOCK, Math.min(bytes, (index + 1) * BLOCK))
    blocks.set(index, block)
    return block
  }
  const read = async (start: number, end: number) => {
    if (end - start > LONG) return fetch(start, end)
    const data = new Uint8Array(end - start)
    for (let index = Math.floor(start / BLOCK); index * BLOCK < end; index++) {
      const block = await fetchBlock(index)
      const from = Math.max(start, index * BLOCK)
      const part = block.subarray(from - index * BLOCK, Math.min(end, (index + 1) * BLOCK) - index * BLOCK)
      data.set(part, from - start)
    }
    return data
  }
  const source = new CustomSource({ getSize: () => bytes, read, handleUnhandledError: () => {} })
  say({ done: await measure({ bytes, read }, source, known => say({ known })) })
}

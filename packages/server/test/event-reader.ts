import assert from 'node:assert/strict'
import type { Event } from '@upload24/contract'
import { until } from './processes.ts'

export interface Received {
  readonly id: string
  readonly event: string
  readonly data: Event
}

export interface EventReader {
  readonly response: Response
  readonly received: Received[]
  /** Position to go on from: also one that came without an event. */
  lastId(): string | undefined
  /** Waits until that many were received. */
  waitFor(count: number): Promise<void>
  /** Resolves when the server ended the stream. */
  readonly ended: Promise<void>
  /** Breaks off without a word. */
  cut(): void
}

/** Reads server-sent events as the standard says: https://html.spec.whatwg.org/multipage/server-sent-events.html */
export async function readEvents(url: string, headers: Record<string, string>): Promise<EventReader> {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  const received: Received[] = []
  let last: string | undefined
  const read = async () => {
    assert.ok(response.body)
    let rest = ''
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split('\n\n')
      rest = blocks.pop() as string
      for (const block of blocks) take(block)
    }
  }
  function take(block: string) {
    const fields = new Map<string, string>()
    for (const line of block.split('\n')) {
      const [, name = '', value = ''] = /^([^:]*): ?(.*)$/.exec(line) ?? []
      fields.set(name, value)
    }
    last = fields.get('id') ?? last
    const data = fields.get('data')
    if (data === undefined) return
    received.push({ id: fields.get('id') as string, event: fields.get('event') as string, data: JSON.parse(data) })
  }
  const ended = response.ok ? read().catch(() => {}) : Promise.resolve()
  return {
    response,
    received,
    lastId: () => last,
    waitFor: count =>
      until(
        () => received.length >= count,
        `${count} events`,
        () => `${received.length} came`
      ),
    ended,
    cut: () => abort.abort()
  }
}

import { queryOf } from './call.ts'
import type { Event, EventType } from './contract.ts'
import { ProblemError } from './errors.ts'
import { isPassing, secondsUntilRetry, type Transport } from './request.ts'
import { readBlocks } from './sse.ts'
import { wait } from './waiting.ts'

export interface EventOptions {
  /** Only these. */
  readonly types?: readonly EventType[]
  /** Goes on after this event: the `id` of the last one that you have worked on. */
  readonly lastEventId?: string | undefined
  /** Begins with what happened at this time, where there is no `lastEventId`. Without both: from now on. */
  readonly since?: string | undefined
  /** False: ends when everything that is there was read. */
  readonly follow?: boolean
  readonly signal?: AbortSignal | undefined
  /** The line stands: what comes from now on is true at once. */
  readonly onOpen?: () => void
  /** The line broke; it is being taken up where it broke. */
  readonly onLost?: () => void
}

export interface ReceivedEvent {
  /** Its position: keep it, and go on from there. */
  readonly id: string
  readonly event: Event
}

/** The server says something every 15 seconds: a line that is silent for longer is dead. */
const SILENCE = 45
const LONGEST_WAIT = 30

/**
 * Reads events and comes again after the last one whenever the line breaks: no gap, no repeat. Throws ProblemError when
 * the server refuses (`events_expired`: read the status of your uploads and begin anew), and the signal's reason.
 */
export async function* followEvents(
  transport: Transport,
  { types, lastEventId, since, follow = true, signal, onOpen, onLost }: EventOptions = {}
): AsyncIterableIterator<ReceivedEvent> {
  let last = lastEventId
  let failures = 0
  let pause = 1

  for (;;) {
    const line = new AbortController()
    const silence = createSilence(() => line.abort(new Error(`nothing came for ${SILENCE} s`)))
    try {
      silence.begin()
      const response = await transport.open({
        method: 'GET',
        path: `/events${queryOf({ types: types?.join(','), since: last === undefined ? since : undefined, follow })}`,
        headers: { accept: 'text/event-stream', ...(last === undefined ? {} : { 'last-event-id': last }) },
        isRepeatable: true,
        signal: signal ? AbortSignal.any([signal, line.signal]) : line.signal
      })
      let isOpen = false
      for await (const { id, data, retry } of readBlocks(response.body as ReadableStream<Uint8Array>)) {
        silence.begin()
        failures = 0
        if (retry !== undefined) pause = Math.min(retry / 1000, LONGEST_WAIT)
        // Also without an event: where the line breaks before the first one, what came meanwhile is not lost.
        if (id !== undefined) last = id
        if (!isOpen) onOpen?.()
        isOpen = true
        if (id === undefined || data === undefined) continue
        silence.end()
        yield { id, event: JSON.parse(data) as Event }
        silence.begin()
      }
      if (!follow) return
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof ProblemError && !isPassing(error)) throw error
      failures++
      onLost?.()
      const seconds = failures === 1 ? pause : secondsUntilRetry(error, failures)
      await wait(Math.min(seconds, LONGEST_WAIT), signal)
      continue
    } finally {
      silence.end()
      line.abort()
    }
    // Ended in good order: the server stops, or the token has expired.
    await wait(pause * Math.random(), signal)
  }
}

function createSilence(onSilence: () => void) {
  let timer: ReturnType<typeof setTimeout> | undefined
  const end = () => clearTimeout(timer)
  return {
    begin(): void {
      end()
      timer = setTimeout(onSilence, SILENCE * 1000)
    },
    end
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Logger } from 'pino'

export interface Listener {
  close(): Promise<void>
}

/** Seconds between two tries to listen again. */
const AGAIN = 1

/** Calls `heard` with the payload of each NOTIFY on `channel`, and with none when some may have been missed; over a connection of its own that is renewed when it breaks. */
export async function listen(
  connection: pg.PoolConfig,
  channel: string,
  heard: (payload?: string) => void,
  log: Logger
): Promise<Listener> {
  const closing = new AbortController()

  const open = async (): Promise<{ client: pg.Client; ended: Promise<void> }> => {
    const client = new pg.Client({ ...connection, application_name: 'upload24 listener' })
    client.on('notification', message => heard(message.payload))
    // A broken connection ends in `end`, after `error`.
    client.on('error', () => {})
    const ended = new Promise<void>(resolve => client.on('end', () => resolve()))
    try {
      await client.connect()
      await client.query(`listen ${pg.escapeIdentifier(channel)}`)
    } catch (error) {
      client.end().catch(() => {})
      throw error
    }
    // What was notified while nobody listened.
    heard()
    return { client, ended }
  }

  let current = await open()
  const keep = async (): Promise<void> => {
    let isDeaf = false
    await current.ended
    while (!closing.signal.aborted) {
      try {
        current = await open()
        if (isDeaf) log.info({ channel }, 'notices of the database are heard again')
        isDeaf = false
        if (closing.signal.aborted) await current.client.end()
        await current.ended
      } catch (error) {
        // Once: the next tries fail as this one did.
        if (!isDeaf)
          log.warn({ err: error, channel }, 'notices of the database are not heard; it is tried every second')
        isDeaf = true
        await sleep(AGAIN * 1000, undefined, { signal: closing.signal }).catch(() => {})
      }
    }
  }
  const keeping = keep()
  return {
    async close() {
      closing.abort()
      await current.client.end()
      await keeping
    }
  }
}

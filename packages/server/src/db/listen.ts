import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

export interface Listener {
  close(): Promise<void>
}

/** Seconds between two tries to listen again. */
const AGAIN = 1

/** Calls `heard` with the payload of each NOTIFY on `channel`, and with none when some may have been missed; over a connection of its own that is renewed when it breaks. */
export async function listen(
  connection: pg.PoolConfig,
  channel: string,
  heard: (payload?: string) => void
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
    await current.ended
    while (!closing.signal.aborted) {
      try {
        current = await open()
        if (closing.signal.aborted) await current.client.end()
        await current.ended
      } catch {
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

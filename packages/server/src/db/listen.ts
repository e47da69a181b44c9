import pg from 'pg'

export interface Listener {
  close(): Promise<void>
}

/** Seconds between two tries to listen again. */
const AGAIN = 1

/** Calls `heard` at each NOTIFY on `channel`, over a connection of its own that is renewed when it breaks. */
export async function listen(connection: pg.PoolConfig, channel: string, heard: () => void): Promise<Listener> {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let isClosed = false

  const open = async (): Promise<void> => {
    const fresh = new pg.Client({ ...connection, application_name: 'upload24 listener' })
    fresh.on('notification', heard)
    // A broken connection ends in `end`, after `error`.
    fresh.on('error', () => {})
    fresh.on('end', () => {
      if (isClosed || client !== fresh) return
      timer = setTimeout(() => void open().catch(retry), AGAIN * 1000)
    })
    client = fresh
    await fresh.connect()
    await fresh.query(`listen ${pg.escapeIdentifier(channel)}`)
    // What was notified while nobody listened.
    heard()
  }
  const retry = () => {
    if (!isClosed) timer = setTimeout(() => void open().catch(retry), AGAIN * 1000)
  }
  await open()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await client?.end().catch(() => {})
    }
  }
}

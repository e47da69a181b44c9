import type { Listener } from '../db/listen.ts'
import type { Audience } from './audience.ts'

/** Tells the readers of a workspace that there may be new events. */
export interface Hub {
  /** Rings when something of the workspace was committed, or may have been. Undefined: it has too many readers already. */
  subscribe(tenantId: string, ring: () => void): Promise<(() => void) | undefined>
  close(): Promise<void>
}

/** Streams of one workspace that a process serves at the same time. */
const MOST = 100

/** `listen` is called once for all readers of this process, with the first of them. */
export function createHub(
  listen: (heard: (tenantId?: string) => void) => Promise<Listener>,
  audience: Audience,
  onError: (error: unknown) => void
): Hub {
  const readers = new Map<string, Set<() => void>>()
  let listening: Promise<Listener> | undefined

  const heard = (tenantId?: string) => {
    // The connection is a new one: the database may have been away for long.
    if (tenantId === undefined) audience.renew().catch(onError)
    const rung = tenantId === undefined ? [...readers.values()] : [readers.get(tenantId)]
    for (const each of rung) for (const ring of each ?? []) ring()
  }

  return {
    async subscribe(tenantId, ring) {
      const own = readers.get(tenantId) ?? new Set()
      if (own.size >= MOST) return undefined
      readers.set(tenantId, own.add(ring))
      const leave = () => {
        if (!own.delete(ring)) return
        if (own.size === 0 && readers.get(tenantId) === own) readers.delete(tenantId)
        audience.leave(tenantId)
      }
      const joined = audience.join(tenantId)
      joined.catch(() => {})
      try {
        listening ??= listen(heard)
        await listening.catch(error => {
          listening = undefined
          throw error
        })
        await joined
      } catch (error) {
        leave()
        throw error
      }
      return leave
    },
    async close() {
      readers.clear()
      await (await listening?.catch(() => undefined))?.close()
    }
  }
}

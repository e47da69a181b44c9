import { type Dispatcher, Pool } from 'undici'

/** Pools by origin: one per process. */
export interface Network {
  dispatcher(origin: string): Dispatcher
  close(): Promise<void>
}

/** `connect` replaces undici's connector: for addresses that must be checked before a connection is made. */
export function openNetwork(options: { readonly connect?: Pool.Options['connect'] } = {}): Network {
  const pools = new Map<string, Pool>()
  return {
    dispatcher(origin) {
      const known = pools.get(origin)
      if (known) return known
      const pool = new Pool(origin, {
        // Short idle times: a request written to a connection that the other side has forgotten is a needless doubt.
        keepAliveTimeout: 4_000,
        keepAliveMaxTimeout: 30_000,
        pipelining: 1,
        allowH2: false,
        headersTimeout: 240_000,
        bodyTimeout: 240_000,
        ...(options.connect ? { connect: options.connect } : { connect: { timeout: 10_000 } })
      })
      pools.set(origin, pool)
      return pool
    },
    async close() {
      await Promise.all([...pools.values()].map(pool => pool.destroy()))
      pools.clear()
    }
  }
}

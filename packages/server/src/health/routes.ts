import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { problem } from '../http/problem.ts'
import { ping } from './queries.ts'

/** For supervisors and load balancers: outside the contract, without credentials. */
export function healthRoutes(http: FastifyInstance, app: App): void {
  http.get('/healthz', async () => ({ status: 'ok' }))

  http.get('/readyz', async () => {
    try {
      await ping(app.database.db)
    } catch (error) {
      app.log.error({ err: error }, 'not ready')
      throw problem('not_ready', 'The database does not answer.', { headers: { 'retry-after': '2' } })
    }
    return { status: 'ready' }
  })
}

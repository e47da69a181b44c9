import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import { observeHttp } from '../http/observe.ts'
import { problem } from '../http/problem.ts'
import { CONTENT_TYPE, requireMetricsReader, writeMetrics } from './metrics.ts'
import { createReadiness } from './readiness.ts'

/** For supervisors, load balancers and Prometheus: outside the contract, without its credentials. */
export function healthRoutes(http: FastifyInstance, app: App): void {
  const findFault = createReadiness(app)
  observeHttp(http)

  http.get('/healthz', async () => ({ status: 'ok' }))

  http.get('/readyz', async () => {
    const fault = await findFault()
    if (!fault) return { status: 'ready' }
    app.log.error({ err: fault.cause, part: fault.part }, 'not ready')
    throw problem('not_ready', fault.detail, { headers: { 'retry-after': '2' }, more: { part: fault.part } })
  })

  http.get('/metrics', async (request, reply) => {
    requireMetricsReader(request, app.config)
    return reply.type(CONTENT_TYPE).send(await writeMetrics(app))
  })
}

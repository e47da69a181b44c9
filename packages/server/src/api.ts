import type { FastifyInstance } from 'fastify'
import { accountRoutes } from './accounts/routes.ts'
import type { App } from './app.ts'
import { checkRoutes } from './checks/routes.ts'
import { dashboardRoutes } from './dashboard/routes.ts'
import type { Presence } from './db/presence.ts'
import { grantHooks } from './deliveries/grants.ts'
import { docsRoutes } from './docs/routes.ts'
import { eventRoutes } from './events/routes.ts'
import { fileRoutes } from './files/routes.ts'
import { healthRoutes } from './health/routes.ts'
import { createAuthenticate } from './http/auth.ts'
import type { Binding } from './http/bind.ts'
import { acceptForms } from './http/form.ts'
import { createHttp } from './http/server.ts'
import { createIdempotencyGuard } from './idempotency/guard.ts'
import { importRoutes } from './imports/routes.ts'
import { keyRoutes } from './keys/routes.ts'
import type { Platforms } from './platforms/platforms.ts'
import { platformRoutes } from './platforms/routes.ts'
import { quotaRoutes } from './quota/routes.ts'
import { sampleRoutes } from './sample/routes.ts'
import { sandboxRoutes } from './sandbox/routes.ts'
import { sessionRoutes } from './sessions/routes.ts'
import type { DiskStorage } from './storage/disk.ts'
import { serveStorage } from './storage/serve.ts'
import { peopleRoutes } from './tenants/routes.ts'
import { changeRoutes } from './uploads/change-routes.ts'
import { journalRoutes } from './uploads/journal-routes.ts'
import { listRoutes } from './uploads/list-routes.ts'
import { uploadRoutes } from './uploads/routes.ts'

/** The HTTP server with every noun's routes. It does not listen yet. */
export async function createApi(
  app: App,
  platforms: Platforms,
  presence: Presence,
  disk: DiskStorage
): Promise<FastifyInstance> {
  const http = await createHttp(app)
  acceptForms(http)
  await dashboardRoutes(http, app, platforms)
  const binding: Binding = {
    http,
    authenticate: createAuthenticate(app),
    guard: createIdempotencyGuard(app, presence.id)
  }
  peopleRoutes(binding, app)
  keyRoutes(binding, app)
  quotaRoutes(binding, app)
  platformRoutes(binding, platforms)
  accountRoutes(binding, app, platforms, grantHooks(app))
  uploadRoutes(binding, app, platforms)
  changeRoutes(binding, app, platforms)
  listRoutes(binding, app)
  journalRoutes(binding, app)
  eventRoutes(binding, app, presence.id)
  sessionRoutes(binding, app, platforms)
  importRoutes(binding, app, platforms)
  checkRoutes(binding, app, platforms)
  fileRoutes(binding, app)
  sandboxRoutes(binding, platforms)
  healthRoutes(http, app)
  await sampleRoutes(http)
  await docsRoutes(http, app, platforms)
  await http.register(serveStorage, { disk })
  return http
}

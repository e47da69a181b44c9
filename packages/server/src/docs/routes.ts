import type { FastifyInstance } from 'fastify'
import type { App } from '../app.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { PAGE_HEADERS } from './layout.ts'
import { renderSite, type Site } from './site.ts'

/** The guide, the reference, the errors and the OpenAPI document: rendered at start, and again when the day has changed. */
export function docsRoutes(http: FastifyInstance, app: Pick<App, 'config'>, platforms: Platforms): void {
  let rendered: { of: string; site: Site } | undefined
  const site = (): Site => {
    const now = new Date()
    const { publicUrl } = app.config.http
    const of = `${publicUrl} ${now.toISOString().slice(0, 10)}`
    if (rendered?.of !== of) rendered = { of, site: renderSite(platforms, publicUrl, now) }
    return rendered.site
  }

  // Tools in a browser read it from other origins; it holds nothing that is not public.
  http.get('/openapi.json', async (_request, reply) =>
    reply
      .headers({ 'access-control-allow-origin': '*', 'cache-control': 'no-cache' })
      .type('application/json; charset=utf-8')
      .send(site().openapi)
  )
  http.get('/docs/', async (_request, reply) => reply.redirect('/docs', 308))
  for (const path of site().pages.keys()) {
    http.get(path, async (_request, reply) => reply.headers(PAGE_HEADERS).send(site().pages.get(path)))
  }
}

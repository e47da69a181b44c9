import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import files from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { App } from '../app.ts'
import { homePage } from '../docs/home.ts'
import { PAGE_HEADERS } from '../docs/layout.ts'
import type { Platforms } from '../platforms/platforms.ts'

/** The built pages: `npm start` makes them (scripts/build-dashboard.ts). */
const DIST = join(import.meta.dirname, '../../../dashboard/dist')

/** The first part of every address that is a page. Some are the API's too: a browser that goes there asks for HTML. */
const PAGES = new Set([
  '',
  'sign-in',
  'sign-up',
  'forgot-password',
  'reset-password',
  'new',
  'uploads',
  'calendar',
  'accounts',
  'usage',
  'keys',
  'developers',
  'workspace',
  'you'
])

/** No inline scripts, no eval, nobody else's hosts, no frames. Element styles are set by scripts, which this allows. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "font-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'"
].join('; ')

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=()',
  // The page names the scripts of its own version.
  'cache-control': 'no-cache',
  vary: 'accept'
}

/** Serves the dashboard beside the API. */
export async function dashboardRoutes(
  http: FastifyInstance,
  { config }: Pick<App, 'config'>,
  { connectors, sandboxes }: Platforms
): Promise<void> {
  const hasSandbox = Object.keys(connectors).some(id => sandboxes.get(id) !== null)
  const page = homePage(config.http.publicUrl, hasSandbox)
  // For programs, and for browsers where the dashboard was not built.
  http.get('/', async (_request, reply) => reply.headers(PAGE_HEADERS).send(page))
  const shell = join(DIST, 'index.html')
  if (!existsSync(shell)) return
  http.addHook('onRequest', async (request, reply) => {
    // Read anew: a later build may have other scripts.
    if (isPage(request)) return reply.headers(HEADERS).send(await readFile(shell))
  })
  await http.register(files, {
    root: join(DIST, 'assets'),
    prefix: '/assets/',
    index: false,
    preCompressed: true,
    cacheControl: false,
    setHeaders: reply => {
      reply.header('x-content-type-options', 'nosniff')
      // A name changes with what is in the file.
      reply.header('cache-control', 'public, max-age=31536000, immutable')
    }
  })
  for (const name of ['icon.svg', 'theme.js']) {
    http.get(`/${name}`, async (_request, reply) => reply.sendFile(name, DIST, { immutable: false, maxAge: 0 }))
  }
}

function isPage({ method, url, headers }: FastifyRequest): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  const { accept = '', authorization, 'x-api-key': key } = headers
  if (authorization !== undefined || key !== undefined || !accept.includes('text/html')) return false
  const [first = '', second] = (url.split('?')[0] as string).slice(1).split('/')
  // Two pages of linking belong to the server: their answer is a redirect or a consent.
  return PAGES.has(first) && !(first === 'accounts' && second !== undefined)
}

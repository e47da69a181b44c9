import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Binding } from '../../http/bind.ts'
import type { Platforms } from '../../platforms/platforms.ts'
import type { AccountHooks } from '../store.ts'
import { openLink } from './continue.ts'
import { cookieOptions } from './cookies.ts'
import { finishLink } from './finish.ts'
import { linkPage, noticePage, PAGE_HEADERS } from './pages.ts'
import { STOPS, Stopped } from './stopped.ts'

/** Seconds. The link's own life is shorter or equal. */
const COOKIE_LIFE = 600

const one = z.string().min(1).max(4096).optional().catch(undefined)
const Query = z.object({ state: one, code: one, error: one })

type Parts = Pick<App, 'config' | 'database' | 'seal' | 'log'>

/** The pages of linking: for browsers, outside the contract. */
export function linkPages({ http }: Binding, app: Parts, platforms: Platforms, hooks: AccountHooks): void {
  http.route({
    method: 'GET',
    url: '/accounts/link/:token',
    // A HEAD would open the page for its own sake, and the browser after it would be the second one.
    exposeHeadRoute: false,
    errorHandler: answerPerson,
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const { token } = request.params as { token: string }
      const view = await openLink(app, platforms, token, request.cookies)
      if (view.cookie) {
        reply.setCookie(view.cookie.name, view.cookie.value, { ...cookieOptions(app.config), maxAge: COOKIE_LIFE })
      }
      return reply.headers(PAGE_HEADERS).send(linkPage(view))
    }
  })
  http.route({
    method: 'GET',
    url: '/accounts/callback/:platform',
    exposeHeadRoute: false,
    errorHandler: answerPerson,
    handler: async (request: FastifyRequest, reply: FastifyReply) => {
      const { platform } = request.params as { platform: string }
      const callback = Query.parse(request.query)
      const { cookie, address, failure } = await finishLink(app, platforms, hooks, platform, callback, request.cookies)
      reply.clearCookie(cookie, cookieOptions(app.config)).headers(PAGE_HEADERS)
      if (address) return reply.code(303).header('location', address).send('')
      const message = failure?.message ?? ''
      return reply
        .code(failure?.code === 'access_denied' ? 200 : 502)
        .send(noticePage('The account was not linked', message))
    }
  })
}

/** Whatever goes wrong here is told to a person, not to a program. */
function answerPerson(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): void {
  reply.headers(PAGE_HEADERS)
  if (error instanceof Stopped) {
    const [status, title, sentence] = STOPS[error.stop]
    reply.code(status).send(noticePage(title, sentence))
    return
  }
  request.log.error({ err: error, requestId: request.id }, 'linking failed')
  const sentence = `Something failed on our side. Start linking again, and name this if it stays: ${request.id}`
  reply.code(500).send(noticePage('This did not work', sentence))
}

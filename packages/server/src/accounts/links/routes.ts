import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { App } from '../../app.ts'
import type { Binding } from '../../http/bind.ts'
import type { Platforms } from '../../platforms/platforms.ts'
import type { AccountHooks } from '../store.ts'
import { openLink } from './continue.ts'
import { cookieOptions } from './cookies.ts'
import { finishLink, type LinkFailure } from './finish.ts'
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
    // The log tells paths, and this one holds a secret.
    onRequest: async request => {
      request.raw.url = '/accounts/link/***'
    },
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
      const finished = await finishLink(app, platforms, hooks, platform, callback, request.cookies)
      const { cookie, address, failure } = finished
      reply.clearCookie(cookie, cookieOptions(app.config)).headers(PAGE_HEADERS)
      if (address !== null) return reply.code(303).header('location', address).send('')
      return reply.code(statusOf(failure)).send(noticePage('The account was not linked', failure.message))
    }
  })
}

/** Denying is a choice; a refusal is the owner's to mend; the rest is between the platform and us. */
function statusOf({ code, kind }: LinkFailure): number {
  if (code === 'access_denied') return 200
  return kind === 'relink' || kind === 'permanent' ? 403 : 502
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

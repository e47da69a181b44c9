import {
  forgotPassword,
  inviteMember,
  listMembers,
  refresh,
  resetPassword,
  signIn,
  signOut,
  signUp,
  switchTenant
} from '@upload24/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Binding, bind } from '../http/bind.ts'
import { applyLimits, createLimiter, holderOf } from '../http/limit.ts'
import { problem } from '../http/problem.ts'
import { publicId } from '../lib/ids.ts'
import { createMail } from '../lib/mail.ts'
import { createAuth, type PeopleApp } from './auth.ts'
import { invite } from './invitations.ts'
import { askForReset, reset, sendResetThrough } from './password.ts'
import * as queries from './queries.ts'
import * as service from './service.ts'

/** Sign-up, sign-in, sessions, workspaces and their members. */
export function peopleRoutes(binding: Binding, app: PeopleApp): void {
  const mail = createMail(app)
  const auth = createAuth(app, { db: app.database.db, sendReset: sendResetThrough(mail, app.config.http.publicUrl) })
  const limits = createLimits()

  bind(binding, signUp, async ({ body, request, reply }) => {
    limits.guess(request, reply, body.email)
    const { signedIn, cookies } = await service.signUp(app, body, visitorOf(request))
    reply.header('set-cookie', [...cookies])
    return signedIn
  })

  bind(binding, signIn, async ({ body, request, reply }) => {
    limits.guess(request, reply, body.email)
    const { signedIn, cookies } = await service.signIn(app, auth, body, visitorOf(request))
    reply.header('set-cookie', [...cookies])
    return signedIn
  })

  bind(binding, refresh, async ({ request, reply }) => {
    requireOwnPage(request)
    limits.session(request, reply)
    const { signedIn, cookies } = await service.refresh(app, auth, visitorOf(request))
    if (cookies.length > 0) reply.header('set-cookie', [...cookies])
    return signedIn
  })

  bind(binding, signOut, async ({ request, reply }) => {
    requireOwnPage(request)
    limits.session(request, reply)
    reply.header('set-cookie', [...(await service.signOut(auth, visitorOf(request)))])
    return undefined
  })

  bind(binding, switchTenant, async ({ body, caller, request }) =>
    service.switchTenant(app, auth, caller, body.tenantId, visitorOf(request))
  )

  bind(binding, forgotPassword, async ({ body, request, reply }) => {
    limits.guess(request, reply, body.email)
    await askForReset(auth, body.email)
    return undefined
  })

  bind(binding, resetPassword, async ({ body, request, reply }) => {
    limits.guess(request, reply, 'reset')
    await reset(auth, body)
    return undefined
  })

  bind(binding, listMembers, async ({ caller }) => {
    const members = await queries.listMembers(app.database.db, caller.tenantId)
    return {
      items: members.map(({ id, email, name, role, joinedAt }) => ({
        userId: publicId('user', id),
        email,
        name,
        role,
        joinedAt: joinedAt.toISOString()
      }))
    }
  })

  bind(binding, inviteMember, async ({ body, caller }) => invite(app, mail, caller, body))

  /** Another site's page may post here with the reader's cookie, but a browser then says where it comes from. */
  function requireOwnPage(request: FastifyRequest): void {
    const { origin } = request.headers
    if (origin !== undefined && origin !== new URL(app.config.http.publicUrl).origin) {
      throw problem('bad_request', `A page of ${origin} may not use this session: open ${app.config.http.publicUrl}.`)
    }
  }
}

function createLimits() {
  const perPerson = createLimiter({ name: 'person', quota: 20, windowSeconds: 60 })
  const perAddress = createLimiter({ name: 'address', quota: 100, windowSeconds: 60 })
  const sessions = createLimiter({ name: 'session', quota: 300, windowSeconds: 60 })
  return {
    /** For what could be used to try out passwords or addresses. */
    guess(request: FastifyRequest, reply: FastifyReply, email: string): void {
      const holder = holderOf(request.ip)
      applyLimits(reply, [perPerson.take(`${holder} ${email}`), perAddress.take(holder)])
    },
    session(request: FastifyRequest, reply: FastifyReply): void {
      applyLimits(reply, [sessions.take(holderOf(request.ip))])
    }
  }
}

const visitorOf = (request: FastifyRequest): service.Visitor => ({
  cookie: request.headers.cookie,
  userAgent: request.headers['user-agent'],
  address: request.ip
})

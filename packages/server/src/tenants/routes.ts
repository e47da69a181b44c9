import {
  acceptInvitation,
  forgotPassword,
  readInvitation,
  refresh,
  resetPassword,
  signIn,
  signOut,
  signUp,
  signUpPolicy,
  switchTenant
} from '@upload24/contract'
import { type Binding, bind } from '../http/bind.ts'
import { createMail } from '../lib/mail.ts'
import { createAuth, type PeopleApp } from './auth.ts'
import * as invitations from './invitations.ts'
import { createLimits } from './limits.ts'
import { meRoutes } from './me-routes.ts'
import { requireOwnPage } from './own-page.ts'
import { askForReset, reset, sendResetThrough } from './password.ts'
import * as service from './service.ts'
import { visitorOf } from './visitor.ts'
import { workspaceRoutes } from './workspace-routes.ts'

/** Sign-up, sign-in, sessions, workspaces and their members. */
export function peopleRoutes(binding: Binding, app: PeopleApp): void {
  const { publicUrl } = app.config.http
  const mail = createMail(app)
  const auth = createAuth(app, { db: app.database.db, sendReset: sendResetThrough(mail, publicUrl) })
  const limits = createLimits()
  meRoutes(binding, app, auth, limits)
  workspaceRoutes(binding, app, mail, limits)

  bind(binding, signUpPolicy, async () => ({ isOpen: await service.isOpen(app, app.database.db) }))

  bind(binding, signUp, async ({ body, request, reply }) => {
    requireOwnPage(request, publicUrl)
    limits.guess(request, reply, body.email)
    const { signedIn, cookies } = await service.signUp(app, body, visitorOf(request))
    reply.header('set-cookie', [...cookies])
    return signedIn
  })

  bind(binding, signIn, async ({ body, request, reply }) => {
    requireOwnPage(request, publicUrl)
    limits.guess(request, reply, body.email)
    const { signedIn, cookies } = await service.signIn(app, auth, body, visitorOf(request))
    reply.header('set-cookie', [...cookies])
    return signedIn
  })

  bind(binding, refresh, async ({ request, reply }) => {
    requireOwnPage(request, publicUrl)
    limits.session(request, reply)
    const { signedIn, cookies } = await service.refresh(app, auth, visitorOf(request))
    if (cookies.length > 0) reply.header('set-cookie', [...cookies])
    return signedIn
  })

  bind(binding, signOut, async ({ request, reply }) => {
    requireOwnPage(request, publicUrl)
    limits.session(request, reply)
    reply.header('set-cookie', [...(await service.signOut(auth, visitorOf(request)))])
    return undefined
  })

  bind(binding, switchTenant, ({ body, caller }) => service.switchTenant(app, caller, body.tenantId))

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

  bind(binding, readInvitation, async ({ params, request, reply }) => {
    limits.session(request, reply)
    return invitations.read(app, params.token)
  })

  bind(binding, acceptInvitation, ({ params, caller }) => service.accept(app, caller, params.token))
}

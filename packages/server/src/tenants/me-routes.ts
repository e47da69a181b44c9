import {
  beginTwoFactor,
  changeMe,
  changePassword,
  confirmTwoFactor,
  disableTwoFactor,
  endSession,
  endSessions,
  listSessions,
  readMe,
  readTwoFactor,
  renewBackupCodes
} from '@upload24/contract'
import { type Binding, bind, type Reply } from '../http/bind.ts'
import type { Auth, PeopleApp } from './auth.ts'
import type { Entered } from './enter.ts'
import type { Limits } from './limits.ts'
import * as me from './me.ts'
import { signOut } from './service.ts'
import * as twoFactor from './two-factor.ts'
import { visitorOf } from './visitor.ts'

/** What is the user's own: name, password, sessions, second factor. */
export function meRoutes(binding: Binding, app: PeopleApp, auth: Auth, limits: Limits): void {
  bind(binding, readMe, ({ caller }) => me.read(app, caller))
  bind(binding, changeMe, ({ caller, body }) => me.rename(app, caller, body.name))

  bind(binding, changePassword, async ({ caller, body, request, reply }) => {
    limits.prove(reply, caller)
    return goOn(reply, await me.changePassword(app, auth, caller, body, visitorOf(request)))
  })

  bind(binding, listSessions, async ({ caller }) => ({ items: await me.listSessions(app, caller) }))
  bind(binding, endSession, ({ caller, params }) => me.endSession(app, caller, params.sessionId).then(() => undefined))

  bind(binding, endSessions, async ({ caller, query, request, reply }) => {
    const keepsCurrent = query.keep === 'current'
    await me.endSessions(app, caller, keepsCurrent)
    if (!keepsCurrent) reply.header('set-cookie', [...(await signOut(auth, visitorOf(request)))])
    return undefined
  })

  bind(binding, readTwoFactor, ({ caller }) => twoFactor.read(app, auth, caller))

  bind(binding, beginTwoFactor, ({ caller, body, request, reply }) => {
    limits.prove(reply, caller)
    return twoFactor.begin(app, auth, caller, body.password, visitorOf(request))
  })

  bind(binding, confirmTwoFactor, async ({ caller, body, request, reply }) => {
    limits.prove(reply, caller)
    return goOn(reply, await twoFactor.confirm(app, auth, caller, body.code, visitorOf(request)))
  })

  bind(binding, disableTwoFactor, async ({ caller, body, request, reply }) => {
    limits.prove(reply, caller)
    return goOn(reply, await twoFactor.disable(app, auth, caller, body.password, visitorOf(request)))
  })

  bind(binding, renewBackupCodes, ({ caller, body, request, reply }) => {
    limits.prove(reply, caller)
    return twoFactor.renewCodes(app, auth, caller, body.password, visitorOf(request))
  })
}

function goOn(reply: Reply, { signedIn, cookies }: Entered) {
  reply.header('set-cookie', [...cookies])
  return signedIn
}

import type { Reply, Request } from '../http/bind.ts'
import { applyLimits, createLimiter, holderOf } from '../http/limit.ts'

export type Limits = ReturnType<typeof createLimits>

export function createLimits() {
  const perPerson = createLimiter({ name: 'person', quota: 20, windowSeconds: 60 })
  const perAddress = createLimiter({ name: 'address', quota: 100, windowSeconds: 60 })
  const perUser = createLimiter({ name: 'user', quota: 20, windowSeconds: 60 })
  const sessions = createLimiter({ name: 'session', quota: 300, windowSeconds: 60 })
  return {
    /** For what could be used to try out passwords or addresses. */
    guess(request: Request, reply: Reply, email: string): void {
      const holder = holderOf(request.ip)
      applyLimits(reply, [perPerson.take(`${holder} ${email}`), perAddress.take(holder)])
    },
    /** For a signed-in user's password and codes: who holds a token must not find them out with it. */
    prove(reply: Reply, { userId }: { userId: string }): void {
      applyLimits(reply, [perUser.take(userId)])
    },
    session(request: Request, reply: Reply): void {
      applyLimits(reply, [sessions.take(holderOf(request.ip))])
    }
  }
}

import type { Failure } from '@upload24/connectors'
import { late } from '../clock.ts'
import type { MadePost, Platform } from '../platform.ts'

type Status =
  | { readonly at: 'unknown' }
  | { readonly at: 'working' }
  | { readonly at: 'failed'; readonly failure: Failure }
  | { readonly at: 'done'; readonly post: MadePost }

/** Commits that a platform acknowledges, and makes or refuses later. The status lags behind by up to `lag` seconds. */
export function acceptLater(p: Platform, lag: number) {
  const jobs = new Map<string, { knownAt: number; status: Status }>()
  return {
    /** Each acceptance makes a post of its own: what a second one does is documented nowhere. */
    accept(by: string, session: string): void {
      const wait = p.dice.chance(0.5) ? p.dice.between(0, 2) : late(p.dice) * lag
      const job: { knownAt: number; status: Status } = { knownAt: p.clock.now + wait, status: { at: 'working' } }
      jobs.set(session, job)
      p.pending.push(by)
      p.clock.at(p.clock.now + (p.dice.chance(0.5) ? p.dice.between(0, 20) : p.dice.between(20, 600)), () => {
        p.pending.splice(p.pending.indexOf(by), 1)
        if (!p.dice.chance(p.faults.rejection)) {
          job.status = { at: 'done', post: p.make(by, 'text', session, 0) }
          return
        }
        const kind = p.dice.chance(0.5) ? 'permanent' : 'restart'
        job.status = {
          at: 'failed',
          failure: { kind, scope: 'delivery', code: 'unusable', message: 'The video cannot be used.' }
        }
      })
    },
    /** `isTaken`: we were told of it. Then a reader that is behind may yet deny it: what was acknowledged is never taken back. */
    status(session: string, isTaken = false): Status {
      const job = jobs.get(session)
      if (isTaken && job?.status.at === 'working' && p.dice.chance(0.1)) return { at: 'unknown' }
      return job && p.clock.now >= job.knownAt ? job.status : { at: 'unknown' }
    }
  }
}

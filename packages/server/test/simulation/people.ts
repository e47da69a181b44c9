import type { Delivery } from '../../src/deliveries/delivery.ts'
import { type Columns, isOpen } from './store.ts'
import { postOf, type World } from './world.ts'

/** What people do to a delivery, and the statements with which the real API does it (deliveries/queries.ts). */

const HOUR = 3600

export function createPeople(world: World) {
  const { clock, dice, faults, rules, subject, tables, platform } = world

  function cancel(d: Columns): void {
    if (!isOpen(d) || d.stop !== null) return
    const mayExist = d.delivery.doubt?.commits === true || d.delivery.stage === 'committed'
    if (mayExist && rules.cancelAsksRow) return
    d.isCancelGranted = true
    d.askAt = clock.now
    if (d.lease === null) {
      d.delivery = { ...d.delivery, status: 'canceled' }
      d.status = 'canceled'
      d.aloneSince = null
    } else d.stop = 'cancel'
    world.poke()
  }

  function unlink(d: Columns): void {
    if (!isOpen(d) || d.stop !== null) return
    d.stop = 'unlink'
    d.askAt = clock.now
    world.poke()
  }

  function wake(d: Columns, delivery: Delivery): void {
    d.delivery = delivery
    d.status = delivery.status
    d.stop = null
    d.askAt = clock.now
    d.giveUpAt = clock.now + 24 * HOUR
    d.crashes = 0
    d.remoteId = delivery.post?.id ?? null
    if (delivery.status !== 'running') tables.ended(d)
    world.poke()
  }

  /** Looks at the account and answers truthfully: what is still being worked on is no answer yet. */
  function resolve(d: Columns): void {
    if (d.status !== 'failed') return
    const ours = platform.posts.find(p => p.by === d.id && !p.isRemoved)
    if (ours) {
      wake(d, subject.resolved(d.delivery, postOf(ours.id)))
      return
    }
    const isTooEarly = rules.lookAfterSettled && d.settledAt !== null && d.settledAt > clock.now
    if (isTooEarly || platform.pending.includes(d.id)) return
    wake(d, subject.resolved(d.delivery, null))
  }

  function ended(d: Columns): void {
    if (d.status !== 'failed' || faults.people === 0) return
    const later = (seconds: number, run: () => void) => clock.at(clock.now + seconds, run)
    const { failure } = d.delivery
    // A new sign-in wakes what ended for want of one, but nothing that was cancelled or unlinked.
    if (failure?.kind === 'relink' && d.stop === null && dice.chance(0.6)) {
      later(dice.between(30, 7200), () => d.status === 'failed' && wake(d, subject.relinked(d.delivery)))
    } else if (failure?.code === 'outcome_unknown') {
      if (dice.chance(0.6)) later(dice.chance(0.3) ? dice.between(5, 150) : dice.between(20, 7200), () => resolve(d))
    } else if (dice.chance(0.3)) {
      later(dice.between(20, 7200), () => {
        const again = d.status === 'failed' ? subject.retried(d.delivery) : null
        if (!again) return
        // Whoever asks for it anew takes the cancel back.
        d.isCancelGranted = false
        wake(d, again)
      })
    }
  }

  function arrive(d: Columns): void {
    if (faults.people === 0) return
    if (dice.chance(faults.cancel)) clock.at(d.dueAt + dice.between(0, faults.cancelWithin), () => cancel(d))
    if (dice.chance(0.06)) clock.at(d.dueAt + dice.between(0, 3600), () => cancel(d))
    if (dice.chance(0.03)) clock.at(d.dueAt + dice.between(0, 1200), () => unlink(d))
  }

  return { arrive, ended }
}

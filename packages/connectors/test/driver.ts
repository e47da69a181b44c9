import {
  CEILING,
  type Delivery,
  type Event,
  mayExist,
  newDelivery,
  shapeOf
} from '../../server/src/deliveries/delivery.ts'
import { apply, begin, commits, giveUp, nextCall } from '../../server/src/deliveries/machine.ts'
import { type Connector, type Doubt, type Exchange, type Post, type Progress, Refused } from '../src/index.ts'
import { chunkOf, contextOf, type Linked, type World } from './world.ts'

export interface Run {
  readonly delivery: Delivery
  readonly journal: readonly (Exchange & { readonly step: number; readonly call: string })[]
  readonly failures: readonly unknown[]
  /** Seconds of the world's clock. */
  readonly seconds: number
}

/** One delivery by the real machine, against a real platform over HTTP. The clock is the world's: waiting costs nothing. */
export async function deliver(
  world: World,
  linked: Linked,
  post: Post<unknown>,
  file: Uint8Array,
  taken: readonly string[] = [],
  publisher: Connector['publisher'] = world.connector.publisher
): Promise<Run> {
  const shape = shapeOf(publisher)
  const began = world.clock.now.getTime()
  const seconds = (): number => (world.clock.now.getTime() - began) / 1000
  const journal: Run['journal'][number][] = []
  const failures: unknown[] = []
  let delivery = newDelivery(file.length)
  let settledAt = 0
  let since = world.clock.now
  for (let step = 0; delivery.status === 'running'; step++) {
    if (step > 300) throw new Error('the delivery does not end')
    const times = {
      doubtAge: (world.clock.now.getTime() - since.getTime()) / 1000,
      settlesIn: settledAt - seconds(),
      left: 24 * 3600 - seconds(),
      crashes: 0
    }
    const final = giveUp(delivery, times)
    if (final) {
      delivery = final.delivery
      break
    }
    const call = nextCall(delivery, times, shape)
    const d = delivery
    const until = new Date(began + (settledAt - CEILING - shape.settleSeconds) * 1000)
    const doubt: Doubt | undefined =
      d.doubt || mayExist(d)
        ? { call: d.doubt?.call ?? 'commit', commits: mayExist(d), since, until, taken }
        : undefined
    if (call !== 'check') {
      if (!d.doubt) since = world.clock.now
      const begun = begin(d, call, shape)
      delivery = begun.delivery
      if (begun.settle !== undefined) settledAt = seconds() + begun.settle
    }
    const context = contextOf(world, linked, {
      call,
      commits: commits(d, call, shape),
      onExchange: exchange => journal.push({ ...exchange, step, call })
    })
    let event: Event
    try {
      let progress: Progress<unknown>
      const state = d.state === null ? null : publisher.state.parse(JSON.parse(JSON.stringify(d.state)))
      if (call === 'prepare') progress = await publisher.prepare(state, post, context, doubt)
      else if (call === 'check') progress = await publisher.check(state, context, doubt)
      else if (call === 'commit') progress = await publisher.commit!(state, context, doubt)
      else progress = await publisher.send!(state, chunkOf(file, d.sent, d.end), context)
      event = { type: 'answered', progress }
    } catch (error) {
      failures.push(error)
      const isPlain = error instanceof Refused && error.failure.kind !== 'unknown'
      event = isPlain ? { type: 'refused', failure: error.failure } : { type: 'lost' }
    }
    const next = apply(delivery, call, event, times, shape)
    delivery = next.delivery
    if (next.settle !== undefined) settledAt = seconds() + next.settle
    world.clock.now = new Date(world.clock.now.getTime() + next.wait * 1000)
  }
  return { delivery, journal, failures, seconds: seconds() }
}

import { readFileSync } from 'node:fs'
import { replaceLines, without } from './replace.ts'
import type { Replacement } from './safeguards.ts'

/*
 * Loaded with `--import` into the processes under test, before the first line of the server. The server knows nothing of it.
 * It takes a safeguard away (a line of source is replaced while it is loaded), lets a stopped process sleep longer than it does, and counts the
 * points at which the process can be killed or stopped.
 */

interface Told {
  readonly without: string | null
  /** Holds the seconds by which time was brought forward. */
  readonly clock: string
}
const told = JSON.parse(process.env.TORTURE ?? '{}') as Told

const readClock = (): number => Number(readFileSync(told.clock, 'utf8'))
const monotonic = performance.now.bind(performance)
const wall = Date.now

/** The seconds that a stopped process slept through, in the suite's time. */
let slept = 0
performance.now = () => monotonic() + slept * 1000
Date.now = () => wall() + slept * 1000
Object.assign(globalThis, {
  torture: {
    wakeUp: (before: number) => (slept += readClock() - before),
    readClock
  }
})

/** Films to be imported lie on this machine, which no importer may reach otherwise. */
const HERE: readonly Replacement[] = [
  {
    file: 'server/src/net/url.ts',
    from: 'isExempt: Exempt = () => false',
    to: "isExempt: Exempt = ({ hostname }) => hostname === '127.0.0.1'"
  },
  {
    file: 'server/src/net/guard.ts',
    from: 'isExempt = () => false }',
    to: "isExempt = ({ hostname }) => hostname === '127.0.0.1' }"
  }
]
replaceLines([...HERE, ...without(told.without)])

await import('./points.ts')

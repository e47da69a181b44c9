import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { SAFEGUARDS } from './safeguards.ts'

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
const { without, clock } = JSON.parse(process.env.TORTURE ?? '{}') as Told

const readClock = (): number => Number(readFileSync(clock, 'utf8'))
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

const replacements = SAFEGUARDS.find(each => each.name === without)?.replacements ?? []
registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const here = replacements.filter(({ file }) => url.endsWith(file))
    if (here.length === 0) return loaded
    let source = String(loaded.source)
    for (const { file, from, to } of here) {
      if (source.split(from).length !== 2) throw new Error(`${file} has not exactly one "${from}"`)
      source = source.replace(from, () => to)
    }
    return { ...loaded, source }
  }
})

await import('./points.ts')

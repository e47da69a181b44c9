import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Bench, openBench, type Subject } from './bench.ts'
import { doubtLaws } from './laws-doubt.ts'
import { faultLaws } from './laws-faults.ts'
import { verbLaws } from './laws-verbs.ts'

export type { Subject } from './bench.ts'

/** One thing that every publisher keeps. It throws where it is broken. */
export interface Law {
  readonly number: number
  readonly name: string
  /** Absent: it concerns everybody. */
  concerns?(bench: Bench): boolean
  keep(bench: Bench): Promise<void>
}

/** The laws of the engine, for one publisher against its sandbox over real HTTP. Law 13, the error table, is each platform's own test. */
export const laws: readonly Law[] = [...verbLaws, ...doubtLaws, ...faultLaws].sort((a, b) => a.number - b.number)

/** One test, with a test in it for each law that concerns this publisher. `isKept`: of these alone. */
export function keepLaws(subject: Subject, isKept: (law: Law) => boolean = () => true): void {
  test(subject.name ?? subject.platform, async context => {
    const bench = await openBench(subject)
    context.after(() => bench.world.close())
    for (const law of laws) {
      if (!isKept(law) || law.concerns?.(bench) === false) continue
      await context.test(`${law.number}. ${law.name}`, () => keep(law, bench))
    }
  })
}

/** Throws where the law is broken. */
export async function keep(law: Law, bench: Bench): Promise<void> {
  await bench.reset()
  await law.keep(bench)
  assert.deepEqual(bench.world.errors, [], 'the sandbox itself failed')
}

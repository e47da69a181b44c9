import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import type { Setting } from './simulation/history.ts'
import { MUTATIONS, type Mutation } from './simulation/mutations.ts'
import { formatFigures, formatMutation, HEADINGS } from './simulation/report.ts'
import { ALL_RULES, HARD } from './simulation/settings.ts'
import { SHAPES } from './simulation/shapes/index.ts'
import { addFigures, countViolations, noFigures, simulate } from './simulation/simulate.ts'
import { mutate, realSubject } from './simulation/subject.ts'

/*
 * The real machine and the real loop, two workers, virtual time. Set SIM_HISTORIES to run more of them, for instance
 *   SIM_HISTORIES=20000 node --test packages/server/test/simulation.test.ts
 */
const HISTORIES = Number(process.env.SIM_HISTORIES ?? 1000)

/**
 * A mutation has this many histories of each of its shapes to show itself, and stops as soon as it does.
 * With SIM_MUTATED it runs that many, to the end: the figures of docs/decisions/0001-one-exchange-per-step.md.
 */
const MUTATED_HISTORIES = Number(process.env.SIM_MUTATED ?? 6000)
const isCounting = process.env.SIM_MUTATED !== undefined
const SLICE = 250

describe('two workers under hard faults', () => {
  const table: string[] = [HEADINGS]
  after(() => console.log(table.join('\n')))

  for (const shape of SHAPES) {
    test(`${shape.name}: every delivery makes one post, or none, or says that it does not know`, async () => {
      const setting: Setting = { shape, faults: HARD, rules: ALL_RULES, subject: realSubject }
      const figures = await simulate(setting, 0, HISTORIES)
      table.push(formatFigures(shape.name, figures))
      assert.equal(figures.histories, HISTORIES)
      assert.deepEqual(
        figures.violations,
        { double: 0, lost: 0, silent: 0, cancel: 0 },
        `the first history in violation is that of seed ${figures.firstBad}`
      )
      assert.ok(figures.stats.takenEarly > 0, 'no lease was taken before its end: the faults are too mild')
      assert.ok(figures.uploaded > figures.deliveries / 2, 'fewer than half were uploaded: the faults are too hard')
    })
  }
})

describe('workers that are called dead and are not', () => {
  const weathers = [
    ['a database that is away for up to a minute', { ...HARD, outage: 1 }],
    ['a storm of stalls and of heartbeats that do not get through', { ...HARD, crash: 0.002, stall: 0.06, mute: 0.05 }]
  ] as const
  for (const [name, faults] of weathers) {
    test(`${name} costs patience, not posts`, async () => {
      const figures = noFigures()
      for (const shape of SHAPES) {
        const setting: Setting = { shape, faults, rules: ALL_RULES, subject: realSubject }
        addFigures(figures, await simulate(setting, 0, Math.ceil(HISTORIES / 5)))
      }
      assert.deepEqual(figures.violations, { double: 0, lost: 0, silent: 0, cancel: 0 })
      assert.ok(figures.stats.lateSaves > 0, 'no worker came back to a lease that it had lost')
    })
  }
})

describe('without a rule', () => {
  const table: string[] = []
  after(() => console.log(table.join('\n')))

  for (const mutation of MUTATIONS) {
    test(`${mutation.rule}. ${mutation.name}: its absence is seen, and its presence is clean`, async () => {
      const subject = mutation.source ? await mutate(mutation.source) : realSubject
      const broken = noFigures()
      const whole = noFigures()
      const { violations } = whole
      const isSeen = () => !isCounting && countViolations(broken) > 0
      for (let seed = 0; seed < MUTATED_HISTORIES && !isSeen(); seed += SLICE) {
        const end = Math.min(seed + SLICE, MUTATED_HISTORIES)
        for (const setting of settingsOf(mutation)) {
          addFigures(broken, await simulate({ ...setting, subject, rules: without(mutation) }, seed, end))
          addFigures(whole, await simulate(setting, seed, end))
          if (isSeen()) break
        }
      }
      table.push(formatMutation(mutation, broken))
      assert.ok(
        countViolations(broken) > 0,
        `nothing happened in ${broken.histories} histories: the rule is not tested`
      )
      assert.deepEqual(violations, { double: 0, lost: 0, silent: 0, cancel: 0 })
    })
  }

  test('a rule that has moved in the source is not taken away in silence', async () => {
    await assert.rejects(mutate([{ file: 'machine.ts', from: 'no such text', to: '' }]), /0 times, not once/)
  })
})

const settingsOf = ({ shapes, faults, base }: Mutation): Setting[] =>
  SHAPES.filter(shape => shapes?.includes(shape.name) ?? true).map(shape => ({
    shape,
    faults: { ...HARD, ...faults },
    rules: { ...ALL_RULES, ...base },
    subject: realSubject
  }))

const without = ({ base, rules }: Mutation) => ({ ...ALL_RULES, ...base, ...rules })

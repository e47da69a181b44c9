import { parseArgs } from 'node:util'
import { type Ground, openGround } from './database.ts'
import type { Section } from './history.ts'
import { planLies } from './lies/index.ts'
import { type Played, play } from './run.ts'
import { SAFEGUARDS } from './safeguards.ts'
import { type Plan, planKills } from './suite.ts'
import { printTable } from './table.ts'
import { children } from './world.ts'

const HELP = `npm run torture -- [options]

Starts Upload24 as real processes (API, workers, PostgreSQL, store, sandbox platforms), kills, stops and deceives them at
every point that a dry run finds, and counts what was posted. Ends with 1 when anything was posted twice, lost or stuck.

  --seed N             what is chosen and in which order; today's date when left out
  --only TEXT          only histories with TEXT in their names
  --part PART          kills (processes die and stop) or lies (the wire does not tell the truth); both when left out
  --minutes N          begin nothing more after N minutes (25)
  --worlds N           systems side by side (8)
  --subset             the few that npm test plays
  --list               print the names of the histories and end
  --without NAME       take a safeguard away; the run is then meant to fail
${SAFEGUARDS.map(({ name, about }) => `                         ${name.padEnd(14)} ${about}`).join('\n')}
`

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    only: { type: 'string' },
    part: { type: 'string' },
    minutes: { type: 'string', default: '25' },
    worlds: { type: 'string', default: '8' },
    subset: { type: 'boolean', default: false },
    list: { type: 'boolean', default: false },
    without: { type: 'string' },
    help: { type: 'boolean', default: false }
  }
})
if (values.help) {
  console.log(HELP)
  process.exit(0)
}
if (values.without !== undefined && !SAFEGUARDS.some(({ name }) => name === values.without)) {
  console.error(
    `There is no safeguard "${values.without}". Say one of: ${SAFEGUARDS.map(({ name }) => name).join(', ')}.`
  )
  process.exit(2)
}
if (values.part !== undefined && values.part !== 'kills' && values.part !== 'lies') {
  console.error('--part is kills or lies.')
  process.exit(2)
}

const plan: Plan = {
  seed: Number(values.seed ?? new Date().toISOString().slice(0, 10).replaceAll('-', '')),
  only: values.only,
  without: values.without,
  isSubset: values.subset,
  worlds: Number(values.worlds)
}
let isLeaving = false
const ground = await openGround()
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143]
] as const)
  process.once(signal, () => void leave(code))
// A fault of the suite itself must not leave processes and folders behind.
process.on('uncaughtException', error => {
  // What breaks because we stop is no news.
  if (!isLeaving) console.error(error)
  void leave(1)
})
// The wrapper of npm is gone.
process.once('disconnect', () => void leave(1))
await leave(await run(ground))

/** What the worlds started ends with this process; their databases are stopped here. */
async function leave(code: number): Promise<void> {
  if (isLeaving) return
  isLeaving = true
  for (const child of children) child.kill('SIGKILL')
  await ground.clear()
  process.exit(code)
}

async function run(from: Ground): Promise<number> {
  const began = performance.now()
  const elapsed = () => Math.round((performance.now() - began) / 1000)
  console.log(
    `Seed ${plan.seed}${plan.without ? `, without the safeguard "${plan.without}"` : ''}. Looking for the points…`
  )
  const sections = await planAll(from)
  const names = sections.flatMap(({ histories }) => histories)
  if (values.list) {
    for (const { name } of names) console.log(name)
    return 0
  }
  console.log(`${names.length} histories in ${plan.worlds} systems side by side.`)
  const played: Played[] = []
  const endsAt = began + Number(values.minutes) * 60_000
  const heard = (one: Played) => {
    if (isLeaving) return
    played.push(one)
    const bad = one.fault ?? one.outcome.violations.join('; ')
    if (bad !== '') console.log(`FAILED ${one.name}\n  ${bad}`)
    else if (played.length % 25 === 0) console.log(`${played.length} of ${names.length} after ${elapsed()} s`)
  }
  // Of the time that is left each section has its share, so that a slow machine plays some of everything; what one of them does
  // not need is shared again.
  for (let open = sections; open.length > 0 && performance.now() < endsAt; ) {
    let left = open.reduce((sum, section) => sum + roundsOf(section), 0)
    const rest: typeof open = []
    for (const section of open) {
      const now = performance.now()
      const histories = await play(section, { endsAt: now + ((endsAt - now) * roundsOf(section)) / left, heard })
      left -= roundsOf(section)
      if (histories.length > 0) rest.push({ ...section, histories })
    }
    open = rest
  }
  return conclude(names, played, elapsed())
}

function roundsOf({ histories, worlds, parallel }: Section<never>): number {
  return histories.length / (worlds * parallel)
}

async function planAll(from: Ground): Promise<Section<never>[]> {
  const kills = values.part === 'lies' ? [] : Object.values(await planKills(from, plan))
  const lies = values.part === 'kills' ? [] : [await planLies(from, plan)]
  return [...kills, ...lies] as Section<never>[]
}

function conclude(
  all: readonly { readonly name: string; readonly group: string }[],
  played: Played[],
  seconds: number
) {
  const groups = [...new Set(all.map(({ group }) => group))].sort()
  const failed = played.filter(({ outcome, fault }) => fault !== undefined || outcome.violations.length > 0)
  console.log(`\n${printTable(groups, played)}\n`)
  const unreached = played.filter(({ outcome }) => outcome.isUnreached).length
  if (unreached > 0) console.log(`${unreached} histories did not come to their point: nothing was killed in them.`)
  if (played.length < all.length) console.log(`${all.length - played.length} histories did not begin in time.`)
  console.log(`${played.length} histories in ${seconds} s, ${failed.length} of them with a violation.`)
  for (const { name } of failed.slice(0, 20)) {
    const without = plan.without ? ` --without ${plan.without}` : ''
    console.log(`again: npm run torture -- --seed ${plan.seed}${without} --only "${name}"`)
  }
  // A few are timing; many mean that the dry run and the runs are not the same.
  return failed.length > 0 || unreached * 10 > played.length ? 1 : 0
}

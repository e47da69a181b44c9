import { type Ground, openGround } from './database.ts'
import type { Section } from './history.ts'
import { planLies } from './lies/index.ts'
import { readOptions } from './options.ts'
import { type Played, play } from './run.ts'
import { planKills } from './suite.ts'
import { printTable } from './table.ts'
import { children } from './world.ts'

const options = readOptions()
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
  // However the clearing goes, and should it never end: this is how it went.
  process.exitCode = code
  for (const child of children) child.kill('SIGKILL')
  try {
    await ground.clear()
  } catch (error) {
    console.error(error)
    process.exitCode = code || 1
  }
  process.exit()
}

async function run(from: Ground): Promise<number> {
  const { seed, without, worlds, minutes, isList } = options
  const began = performance.now()
  const elapsed = () => Math.round((performance.now() - began) / 1000)
  console.log(`Seed ${seed}${without ? `, without the safeguard "${without}"` : ''}. Looking for the points…`)
  const sections = await planAll(from)
  const planned = sections.flatMap(({ histories }) => histories)
  if (isList) {
    for (const { name } of planned) console.log(name)
    return 0
  }
  console.log(`${planned.length} histories in ${worlds} systems side by side.`)
  const played: Played[] = []
  // However long the looking took, half of the time is for playing.
  const endsAt = Math.max(began + minutes * 60_000, performance.now() + minutes * 30_000)
  const heard = (one: Played) => {
    if (isLeaving) return
    played.push(one)
    const bad = one.fault ?? one.outcome.violations.join('; ')
    if (bad !== '') console.log(`FAILED ${one.name}\n  ${bad}`)
    else if (played.length % 25 === 0) console.log(`${played.length} of ${planned.length} after ${elapsed()} s`)
  }
  // Of the time that is left each section has its share, so that a slow machine plays some of everything; what one of them does
  // not need is shared again.
  for (let open = sections; open.length > 0 && performance.now() < endsAt; ) {
    let left = open.reduce((sum, section) => sum + lengthOf(section), 0)
    const rest: typeof open = []
    for (const section of open) {
      const now = performance.now()
      const histories = await play(section, { endsAt: now + ((endsAt - now) * lengthOf(section)) / left, heard })
      left -= lengthOf(section)
      if (histories.length > 0) rest.push({ ...section, histories })
    }
    open = rest
  }
  return conclude(planned, played, elapsed())
}

function lengthOf({ histories, worlds, parallel, seconds }: Section<never>): number {
  return (histories.length * seconds) / (worlds * parallel)
}

async function planAll(from: Ground): Promise<Section<never>[]> {
  const kills = options.part === 'lies' ? [] : Object.values(await planKills(from, options))
  const lies = options.part === 'kills' ? [] : [await planLies(from, options)]
  return [...kills, ...lies].filter(({ histories }) => histories.length > 0) as Section<never>[]
}

/** Says how it went. 0: nothing was wrong. 1: something was. 3: nothing was, but nothing was played either, in a group or at all. */
function conclude(
  planned: readonly { readonly name: string; readonly group: string }[],
  played: readonly Played[],
  seconds: number
): number {
  const failed = played.filter(({ outcome, fault }) => fault !== undefined || outcome.violations.length > 0)
  console.log(`\n${printTable(planned, played)}\n`)
  console.log(`${played.length} histories in ${seconds} s, ${failed.length} of them with a violation.`)
  for (const { name } of failed.slice(0, 20)) {
    const without = options.without ? ` --without ${options.without}` : ''
    console.log(`again: npm run torture -- --seed ${options.seed}${without} --only "${name}"`)
  }
  const unbegun = planned.length - played.length
  if (unbegun > 0) console.log(`${unbegun} of ${planned.length} did not begin in the ${options.minutes} minutes.`)
  const missing = [...new Set(planned.map(({ group }) => group))].filter(
    group => !played.some(one => one.group === group)
  )
  if (planned.length === 0) console.log('Nothing was played: no history has such a name.')
  if (missing.length > 0) console.log(`Nothing was played of: ${missing.join('; ')}. Give it more --minutes.`)
  if (failed.length > 0) return 1
  return planned.length === 0 || missing.length > 0 ? 3 : 0
}

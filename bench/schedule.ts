/**
 * Many: `node bench/schedule.ts [waiting=1000000] [due=10000] [tenants=1000] [workers=1]`. Deliveries that wait, of which
 * some become due in one second, on a PostgreSQL of its own with the settings of `npm start`. Workers are processes of
 * their own with the real worker, and a platform that takes everything at once. Linux only.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startDatabase } from '../packages/server/src/db/embedded.ts'
import { migrate } from '../packages/server/src/db/migrate.ts'
import { openDatabase } from '../packages/server/src/db/open.ts'
import { announce } from '../packages/server/src/db/presence.ts'
import { SLOTS } from '../packages/server/src/deliveries/worker.ts'
import { urlOf } from '../packages/server/test/database.ts'
import { makeFolder } from '../packages/server/test/processes.ts'
import { countInstructions } from './instructions.ts'
import { measureBare } from './schedule-bare.ts'
import { fillTables, insertOne, makeDue, measureClaims } from './schedule-rows.ts'

const [waiting = 1_000_000, due = 10_000, tenants = 1000, count = 1] = process.argv.slice(2).map(Number)
/** Seconds. */
const IDLE = 20
const SINGLES = 30

type Starts = readonly (readonly [id: string, at: number])[]

const folder = await makeFolder()
const running = await startDatabase({ dataDir: join(folder.path, 'database'), database: { url: undefined } })
const database = await openDatabase(running.connection)
const { pool } = database
let workers: ChildProcess[] = []
try {
  await migrate(pool)
  await measure()
} finally {
  await Promise.all(workers.map(end))
  await database.close()
  await running.stop()
  await folder.remove()
}

async function measure(): Promise<void> {
  const filled = await timed(() => fillTables(pool, waiting, tenants))
  console.log(
    `${waiting} deliveries of ${tenants} tenants, ${due} due at once, ${count} worker(s); filled in ${filled.toFixed(0)} s\n`
  )
  const sizes = await readSizes()
  const bare = await measureBare(pool, waiting, due, count * SLOTS)
  await makeDue(pool, due, tenants, -1)
  const presence = await announce(database, console.error)
  const claims = await measureClaims(database, presence.id, SLOTS)
  await presence.stop()
  // What the filling left to do is not the idle system's.
  await pool.query('vacuum analyze')
  await pool.query('checkpoint')
  // Nor is what the end of our own connections costs, 10 s after their last use.
  while (pool.totalCount > 1) await sleep(100)
  workers = await Promise.all(Array.from({ length: count }, startOne))
  await sleep(3000)
  const idle = await measureIdle()
  const created = await measureSingles(0)
  const scheduled = await measureSingles(0.4)
  const herd = await measureHerd()
  console.log('| | measured | wanted |\n|---|---:|---:|')
  console.log(`| start lag of ${due} due in one second, p50 | ${herd.p50.toFixed(2)} s | |`)
  console.log(`| p99 | ${herd.p99.toFixed(2)} s | ≤ 10 s |`)
  console.log(`| last | ${herd.max.toFixed(2)} s | |`)
  console.log(`| started a second | ${herd.rate.toFixed(0)} | |`)
  console.log(`| bare SQL queue, claims a second | ${bare.toFixed(0)} | |`)
  console.log(`| claimed a second, nothing else to do | ${claims.toFixed(0)} | |`)
  console.log(`| ratio: claimed / started | ${(claims / bare).toFixed(2)} / ${(herd.rate / bare).toFixed(2)} | |`)
  console.log(
    `| CPU of the herd: workers / PostgreSQL | ${herd.cpu.worker.toFixed(2)} / ${herd.cpu.postgres.toFixed(2)} ms a delivery | |`
  )
  console.log(
    `| of the cores' time meanwhile: idle / taken by the host | ${herd.idle.toFixed(0)} / ${herd.stolen.toFixed(0)} % | |`
  )
  if (herd.instructions) {
    console.log(`| instructions, of all processes | ${(herd.instructions / 1e6).toFixed(2)} million a delivery | |`)
  }
  console.log(`| idle: CPU of a worker | ${idle.worker.toFixed(2)} % | < 1 % |`)
  console.log(`| idle: CPU of PostgreSQL | ${idle.postgres.toFixed(2)} % | < 1 % |`)
  console.log(`| one, created now: p50 / max | ${created.p50.toFixed(0)} / ${created.max.toFixed(0)} ms | ≤ 100 ms |`)
  console.log(`| one, scheduled: p50 / max | ${scheduled.p50.toFixed(0)} / ${scheduled.max.toFixed(0)} ms | ≤ 100 ms |`)
  console.log('\n| table | rows, MB | indexes, MB |\n|---|---:|---:|')
  for (const { name, heap, indexes } of sizes) console.log(`| ${name} | ${heap} | ${indexes} |`)
}

/** Per cent of one core. */
async function measureIdle() {
  const before = await readCpu()
  await sleep(IDLE * 1000)
  const after = await readCpu()
  const share = (from: number, to: number) => ((to - from) / IDLE) * 100
  return { worker: share(before.worker, after.worker) / count, postgres: share(before.postgres, after.postgres) }
}

/** Milliseconds from the time that it is due, on a system that has nothing else to do. Zero: from the end of its insertion. */
async function measureSingles(inSeconds: number) {
  const lags: number[] = []
  for (let i = 0; i < SINGLES; i++) {
    const id = await insertOne(pool, inSeconds)
    const at = Date.now() + inSeconds * 1000
    await pool.query('notify deliveries')
    let found: readonly [string, number] | undefined
    while (!found) {
      await sleep(50)
      found = (await readStarts()).find(([started]) => started === id)
      if (Date.now() - at > 20_000) throw new Error('a delivery was not started')
    }
    lags.push(found[1] - (inSeconds === 0 ? at : await readDue(id)))
  }
  return spread(lags)
}

async function measureHerd() {
  await makeDue(pool, due, tenants, 8)
  const { rows } = await pool.query<{ id: string; due: Date }>(
    `select id, due_at as due from deliveries where status = 'scheduled' and due_at < now() + interval '1 hour'`
  )
  const dueAt = new Map(rows.map(row => [row.id, row.due.getTime()]))
  await pool.query('notify deliveries')
  const first = Math.min(...dueAt.values())
  await sleep(first - Date.now())
  const counting = countInstructions()
  const [before, coresBefore] = [await readCpu(), await readCores()]
  const starts: [string, number][] = []
  while (starts.length < dueAt.size) {
    await sleep(250)
    for (const [id, at] of await readStarts()) starts.push([id, at])
    if (Date.now() - first > 300_000) throw new Error(`only ${starts.length} of ${dueAt.size} were started`)
  }
  const [after, cores] = [await readCpu(), await readCores()]
  const executed = await counting.stop()
  const lags = starts.map(([id, at]) => (at - (dueAt.get(id) as number)) / 1000)
  const seconds = (Math.max(...starts.map(([, at]) => at)) - first) / 1000
  const each = (from: number, to: number) => ((to - from) * 1000) / starts.length
  return {
    ...spread(lags),
    rate: starts.length / seconds,
    idle: ((cores.idle - coresBefore.idle) / (cores.all - coresBefore.all)) * 100,
    instructions: executed && executed / starts.length,
    stolen: ((cores.stolen - coresBefore.stolen) / (cores.all - coresBefore.all)) * 100,
    cpu: { worker: each(before.worker, after.worker), postgres: each(before.postgres, after.postgres) }
  }
}

function spread(lags: readonly number[]) {
  const sorted = lags.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] as number
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}

async function readDue(id: string): Promise<number> {
  const { rows } = await pool.query<{ due: Date }>('select due_at as due from deliveries where id = $1', [id])
  return rows[0]?.due.getTime() as number
}

async function readStarts(): Promise<Starts> {
  const all = await Promise.all(
    workers.map(async worker => {
      worker.send('report')
      const [starts] = (await once(worker, 'message')) as [Starts]
      return starts
    })
  )
  return all.flat()
}

async function readSizes() {
  const { rows } = await pool.query<{ name: string; heap: string; indexes: string }>(
    `select relname as name, round(pg_table_size(oid) / 1e6)::text as heap, round(pg_indexes_size(oid) / 1e6)::text as indexes
     from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and pg_total_relation_size(oid) > 1e6
     order by pg_total_relation_size(oid) desc`
  )
  return rows
}

/** Seconds since they began, from the kernel: PostgreSQL with all its processes, those that ended too. */
async function readCpu() {
  const { rows } = await pool.query<{ pid: number }>('select pg_backend_pid() as pid')
  const postmaster = (await readProcess(String(rows[0]?.pid)))?.parent
  const all = await Promise.all((await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(readProcess))
  const mine = all.filter(each => each !== undefined)
  const own = (pid: number) => mine.find(each => each.pid === pid)?.own ?? 0
  const children = mine.filter(each => each.parent === postmaster).reduce((sum, each) => sum + each.own, 0)
  const main = mine.find(each => each.pid === postmaster)
  return {
    worker: workers.reduce((sum, { pid = 0 }) => sum + own(pid), 0),
    postgres: children + (main ? main.own + main.reaped : 0)
  }
}

/** Of a virtual machine the host takes time for others: what is measured then is not ours alone. */
async function readCores() {
  const [first = ''] = (await readFile('/proc/stat', 'utf8')).split('\n')
  // user, nice, system, idle, iowait, irq, softirq, steal
  const times = first.split(/\s+/).slice(1, 9).map(Number)
  const [idle = 0, iowait = 0] = times.slice(3)
  return { all: times.reduce((sum, each) => sum + each, 0), idle: idle + iowait, stolen: times[7] ?? 0 }
}

async function readProcess(name: string) {
  const text = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined)
  const stat = text
    ?.replace(/^.*\) /s, '')
    .split(' ')
    .map(Number)
  if (!stat) return undefined
  const ticks = (...at: number[]) => at.reduce((sum, i) => sum + (stat[i] as number), 0) / 100
  return { pid: Number(name), parent: stat[1] as number, own: ticks(11, 12), reaped: ticks(13, 14) }
}

async function startOne(): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, 'schedule-worker.ts'), [urlOf(running.connection), folder.path])
  await Promise.race([once(child, 'message'), once(child, 'close')])
  if (!child.connected) throw new Error('a worker ended before it was ready')
  return child
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || !child.connected) return
  const ended = once(child, 'close')
  child.send('stop')
  await ended
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now()
  await work()
  return (performance.now() - from) / 1000
}

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { constants } from 'node:os'
import { joinTestServer, urlOf } from '../packages/server/test/database.ts'
import { buildDashboard } from './build-dashboard.ts'

/** Runs every test, or those whose path contains one of the words given, against one PostgreSQL for the whole run. */
const words = process.argv.slice(2)
const everything = globSync(['packages/*/{src,test}/**/*.test.ts', 'test/**/*.test.ts', 'scripts/**/*.test.ts']).sort()
const files = everything.filter(
  file => words.length === 0 || words.some(word => file.includes(word.replace(/^\.\//, '')))
)
if (files.length === 0) {
  console.error(`No test file has ${words.join(' or ')} in its path.`)
  process.exit(1)
}

await buildDashboard()
const server = await joinTestServer()
await dropForgotten()
const child = spawn(
  process.execPath,
  ['--test', '--test-concurrency=2', '--test-reporter=spec', '--test-timeout=300000', ...files],
  { stdio: 'inherit', env: { ...process.env, NODE_ENV: 'test', TEST_DATABASE_URL: urlOf(server.connection) } }
)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal))
process.on('disconnect', () => child.kill('SIGTERM'))
process.channel?.unref()
const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
await server.leave()
process.exit(code ?? 128 + (signal ? constants.signals[signal] : 0))

/** Databases of failed tests are kept for a look, and dropped by the run of another day. */
async function dropForgotten(): Promise<void> {
  const { rows } = await server.admin.query<{ datname: string }>(
    "select datname from pg_database where datname like 'test\\_%'"
  )
  for (const { datname } of rows) {
    const madeAt = Number.parseInt(datname.split('_').at(-2) ?? '', 36)
    if (!(madeAt > Date.now() - 86_400_000)) await server.admin.query(`drop database ${datname} with (force)`)
  }
}

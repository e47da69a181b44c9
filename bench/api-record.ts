import { appendFileSync } from 'node:fs'
import pg from 'pg'

/** Loaded with `--import`: writes every SQL statement of the process, one JSON line each, to the file named by SQL_RECORD. */
const file = process.env.SQL_RECORD as string
const query = pg.Client.prototype.query as (...args: unknown[]) => unknown

pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
  const [config, values] = args as [string | { text: string; values?: unknown[] }, unknown[] | undefined]
  const text = (typeof config === 'string' ? config : config.text).replace(/--.*$/gm, '').replace(/\s+/g, ' ').trim()
  const given = typeof config === 'string' ? values : (config.values ?? values)
  appendFileSync(file, `${JSON.stringify({ text, values: Array.isArray(given) ? given : [] })}\n`)
  return query.apply(this, args)
} as typeof pg.Client.prototype.query

import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import { Gauge, Registry } from 'prom-client'
import type { App } from '../app.ts'
import { type Config, isOfThisMachine } from '../config.ts'
import type { Request } from '../http/bind.ts'
import { problem } from '../http/problem.ts'
import { registry } from '../lib/metrics.ts'
import { readGauges } from './queries.ts'

export const CONTENT_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

/** Everything in Prometheus' text format: what this process counted, and what the database says of the whole instance. */
export async function writeMetrics(app: Pick<App, 'database' | 'log'>): Promise<string> {
  const now = new Registry()
  const gauge = <const L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge<L>({ name: `upload24_${name}`, help, labelNames, registers: [now] })
  const up = gauge('database_up', '1 when the database answers; without it the gauges below are absent.')
  try {
    const { lateBy, inFlight, openSessions, workers } = await readGauges(app.database.db)
    up.set(1)
    gauge('late_seconds', 'How late the oldest delivery is that is due and that nobody works on.').set(lateBy)
    gauge('workers', 'Processes that look for deliveries.').set(workers)
    const flying = gauge('deliveries_in_flight', 'Deliveries that workers hold right now.', ['platform'])
    for (const { platform, count } of inFlight) flying.set({ platform }, count)
    const sessions = gauge('sessions_open', 'Upload sessions that are neither completed nor over.', ['kind'])
    for (const { kind, count } of openSessions) sessions.set({ kind }, count)
  } catch (error) {
    app.log.error({ err: error }, 'metrics without the database')
    up.set(0)
  }
  return `${await now.metrics()}\n${await registry.metrics()}`
}

/**
 * With METRICS_TOKEN, whoever sends it as a bearer; without, whoever asks from this machine itself. A proxy on it does so
 * for everybody: what says that it was passed on is refused, and all of it where PUBLIC_URL says that others come.
 */
export function requireMetricsReader(request: Request, { http, metrics }: Pick<Config, 'http' | 'metrics'>): void {
  const { headers } = request
  if (metrics.token !== undefined) {
    const given = /^bearer +(.*)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
    if (timingSafeEqual(digest(given), digest(metrics.token.reveal()))) return
    throw problem('unauthorized', 'Send Authorization: Bearer with the METRICS_TOKEN of this instance.')
  }
  const isPassedOn = ['forwarded', 'via', 'x-forwarded-for', 'x-real-ip'].some(name => headers[name] !== undefined)
  if (isPassedOn || !isOfThisMachine(http.publicUrl) || !isLoopback(request.raw.socket.remoteAddress ?? '')) {
    throw problem('not_found', 'There is nothing at this address for callers from elsewhere: set METRICS_TOKEN.')
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()

function isLoopback(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return plain === '::1' || (isIP(plain) === 4 && plain.startsWith('127.'))
}

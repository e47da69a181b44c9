import { type Logger, pino } from 'pino'
import type { Config } from '../config.ts'

/** JSON lines in production, readable ones in development. Requests log their path, never headers, queries or bodies. */
export function createLog(config: Pick<Config, 'environment' | 'logLevel'>): Logger {
  const options = { level: config.logLevel, serializers: { err: serializeError } }
  if (config.environment !== 'development') return pino(options)
  const target = {
    target: 'pino-pretty',
    options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss', singleLine: true }
  }
  return pino({ ...options, transport: target })
}

/** A database's error quotes whole rows in `detail`, and others carry requests: only what names the fault is kept. */
function serializeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) }
  const { name, message, stack } = error
  const code = 'code' in error ? error.code : undefined
  return { type: name, message, ...(code !== undefined && { code }), stack }
}

import { z } from 'zod'
import { readJson } from '../../json.ts'
import { refuse } from './errors.ts'

const part = z.record(z.string(), z.unknown()).optional()
const Body = z.looseObject({ snippet: part, status: part, localizations: part, recordingDetails: part })

/** A resource as it was sent. Throws 400. An empty text is an empty resource. */
export function parseBody(text: string): z.output<typeof Body> {
  const value = text === '' ? {} : readJson(text)
  if (value === undefined) throw refuse(400, 'parseError', { message: 'Parse Error' })
  const parsed = Body.safeParse(value)
  if (!parsed.success) throw refuse(400, 'badRequest', { message: 'Invalid JSON payload received.' })
  return parsed.data
}

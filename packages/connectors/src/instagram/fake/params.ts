import { readJson } from '../../json.ts'
import { readForm, readText } from '../../sandbox/reply.ts'
import type { Request } from '../../sandbox/serve.ts'
import { refuse } from './errors.ts'

/** Parameters come as a query, a form or JSON; values of structures are JSON in the first two. */
export type Params = Readonly<Record<string, unknown>>

export async function readParams({ req, query }: Request): Promise<Params> {
  const given = Object.fromEntries(query)
  if (req.method !== 'POST') return given
  const type = req.headers['content-type'] ?? ''
  if (!/^application\/json/i.test(type)) return { ...given, ...Object.fromEntries(await readForm(req)) }
  const body = readJson((await readText(req)) || '{}')
  if (typeof body !== 'object' || body === null) throw refuse(400, 100, 0, { message: '(#100) Invalid JSON' })
  return { ...given, ...body }
}

export const textOf = (params: Params, name: string): string | undefined => {
  const value = params[name]
  return value === undefined || value === null ? undefined : String(value)
}

/** A list, given as such or as JSON. */
export function listOf(params: Params, name: string): readonly unknown[] {
  const value = params[name]
  const list = typeof value === 'string' ? readJson(value) : (value ?? [])
  if (!Array.isArray(list)) throw refuse(400, 100, 0, { message: `(#100) Param ${name} must be an array.` })
  return list
}

/** `a,b{c,d}` names a and b. */
export const fieldsOf = (params: Params, defaults: string): readonly string[] =>
  (textOf(params, 'fields') ?? defaults)
    .replace(/\{[^}]*\}/g, '')
    .split(',')
    .map(name => name.trim())

/** Of all that could be told, what was asked for, and always the id. */
export const pick = (all: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(all).filter(([name, value]) => value !== undefined && (name === 'id' || fields.includes(name)))
  )

/** `2026-11-22T10:00:00+0000` */
export const timestamp = (iso: string): string => `${iso.slice(0, 19)}+0000`

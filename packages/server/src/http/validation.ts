import type { Fault } from '@upload24/contract'
import { closest, distance } from 'fastest-levenshtein'
import type { z } from 'zod'
import { problem } from './problem.ts'

/**
 * Every issue of a zod error as a fault of ours: a path as the reader writes it, a stable code, a sentence. `known`: the
 * names that the checked object reads; `at`: where it stands in the body.
 */
export function faultsOf(
  error: Pick<z.ZodError, 'issues'>,
  known: readonly string[] = [],
  at: readonly string[] = []
): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const path = pathOf([...at, ...issue.path])
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map(key => unknownField([...at, ...issue.path, key], issue.path.length === 0 ? known : []))
      case 'invalid_type':
        return [
          isMissing(issue.message)
            ? { path, code: 'required', message: 'is required' }
            : { path, code: 'invalid_type', message: `must be ${article(issue.expected)}` }
        ]
      case 'too_big':
        return [{ path, code: 'too_big', message: issue.message, limit: Number(issue.maximum) }]
      case 'too_small':
        return [{ path, code: 'too_small', message: issue.message, limit: Number(issue.minimum) }]
      case 'invalid_value':
        return [
          { path, code: 'invalid_value', message: `must be ${issue.values.map(v => JSON.stringify(v)).join(' or ')}` }
        ]
      case 'invalid_format':
        return [{ path, code: 'invalid_format', message: formats[issue.format] ?? issue.message }]
      default:
        return [{ path, code: 'invalid_value', message: issue.message }]
    }
  })
}

/** A name that nothing reads is refused: a schedule under a wrong name would publish at once. */
export function unknownField(path: readonly PropertyKey[], known: readonly string[]): Fault {
  const name = String(path.at(-1))
  const near = known.length > 0 && name.length <= 100 ? closest(name, [...known]) : undefined
  const isNear = near !== undefined && distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(2, name.length / 3)
  const message = `is not a field that is read here${isNear ? `; did you mean "${near}"?` : ''}`
  return { path: pathOf(path), code: 'unknown_field', message }
}

/** The names that a strict object reads. */
export const knownFields = (schema: z.ZodType | undefined): string[] =>
  schema && 'shape' in schema ? Object.keys(schema.shape as object) : []

/** So many that nobody reads them one by one, and few enough for an answer. */
const MOST_FAULTS = 100

type Refusal = 'validation_failed' | 'target_refused' | 'file_invalid'

/** Nothing happens while there are faults; all of them are told at once. */
export function refuseFaults(faults: readonly Fault[], code?: Refusal): void {
  if (faults.length > 0) refuse(faults, code)
}

export function refuse(faults: readonly Fault[], code: Refusal = 'validation_failed'): never {
  const subject = faults.length === 1 ? 'One rule is' : `${faults.length} rules are`
  const first = faults.length > MOST_FAULTS ? `; it holds the first ${MOST_FAULTS}` : ''
  throw problem(code, `${subject} broken; nothing was done. See errors${first}.`, {
    errors: faults.slice(0, MOST_FAULTS)
  })
}

/** `['accounts', 1]` → `accounts[1]`. */
export const pathOf = (segments: readonly PropertyKey[]): string =>
  segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`
    return path ? `${path}.${String(segment)}` : String(segment)
  }, '')

const formats: Readonly<Record<string, string>> = {
  datetime: 'must be an RFC 3339 time with an offset, such as 2027-04-18T09:30:00Z'
}

/** zod names the received type in the message alone. */
const isMissing = (message: string) => message.endsWith('received undefined')

const article = (expected: string) => {
  const noun = expected === 'int' ? 'integer' : expected === 'record' ? 'object' : expected
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`
}

const MAX_DEPTH = 64

/** No body of ours is nested deeply, and what walks through one may then use the stack. */
export function requireShallow(value: unknown, code: 'malformed_json' | 'malformed_form', depth = 0): void {
  if (typeof value !== 'object' || value === null) return
  if (depth === MAX_DEPTH) throw problem(code, `The body is nested more than ${MAX_DEPTH} levels deep.`)
  for (const member of Object.values(value)) requireShallow(member, code, depth + 1)
}

/** Text that no database column takes: U+0000, and halves of surrogate pairs. JSON and forms can both carry them. */
export function unstorableText(value: unknown, path: readonly PropertyKey[] = []): Fault[] {
  if (typeof value === 'string') {
    if (value.isWellFormed() && !value.includes('\u0000')) return []
    return [
      { path: pathOf(path), code: 'invalid_text', message: 'holds U+0000 or half a surrogate pair, which is no text' }
    ]
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, member]) =>
    unstorableText(member, [...path, Array.isArray(value) ? Number(name) : name])
  )
}

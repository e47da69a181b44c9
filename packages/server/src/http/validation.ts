import { pathOf, readIssues, unknownName } from '@upload24/connectors'
import type { Fault } from '@upload24/contract'
import type { z } from 'zod'
import { problem } from './problem.ts'

/**
 * Every issue of a zod error as a fault of ours: a path as the reader writes it, a stable code, a sentence. `known`: the
 * names that the checked object reads; `at`: where it stands in the body.
 */
export const faultsOf = (
  error: Pick<z.ZodError, 'issues'>,
  known: readonly string[] = [],
  at: readonly string[] = []
): Fault[] => readIssues(error, known).map(({ path, ...rest }) => ({ path: pathOf([...at, ...path]), ...rest }))

export const unknownField = (path: readonly PropertyKey[], known: readonly string[]): Fault => ({
  ...unknownName(path, known),
  path: pathOf(path)
})

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

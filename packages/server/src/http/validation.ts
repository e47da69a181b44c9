import type { Fault } from '@upload24/contract'
import { closest, distance } from 'fastest-levenshtein'
import type { z } from 'zod'

/** Every issue of a zod error as a fault of ours: a path as the reader writes it, a stable code, a sentence. */
export function faultsOf(error: z.ZodError, at = '', known: readonly string[] = []): Fault[] {
  return error.issues.flatMap(issue => {
    const path = pathOf(issue.path, at)
    switch (issue.code) {
      case 'unrecognized_keys':
        return issue.keys.map(key => unknownField(pathOf([...issue.path, key], at), key, known))
      case 'invalid_type':
        return [
          isMissing(issue)
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
        return [{ path, code: 'invalid_format', message: issue.message }]
      default:
        return [{ path, code: 'invalid_value', message: issue.message }]
    }
  })
}

/** A name that nothing reads is refused: a schedule under a wrong name would publish at once. */
export function unknownField(path: string, name: string, known: readonly string[]): Fault {
  const near = known.length > 0 ? closest(name, known as string[]) : undefined
  const hint =
    near !== undefined && distance(name, near) <= Math.max(2, name.length / 3) ? `; did you mean "${near}"?` : ''
  return { path, code: 'unknown_field', message: `is not a field that is read here${hint}` }
}

/** `['accounts', 1]` → `accounts[1]`. */
export function pathOf(segments: readonly PropertyKey[], at = ''): string {
  return segments.reduce<string>(
    (path, segment) =>
      typeof segment === 'number' ? `${path}[${segment}]` : path ? `${path}.${String(segment)}` : String(segment),
    at
  )
}

const isMissing = (issue: { input?: unknown; message: string }) =>
  'input' in issue ? issue.input === undefined : issue.message.includes('undefined')

const article = (expected: string) => (/^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`)

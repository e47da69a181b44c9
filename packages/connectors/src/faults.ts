import { closest, distance } from 'fastest-levenshtein'
import type { z } from 'zod'
import type { Fault } from './connector.ts'

/** One thing that is wrong with a value, in words that go on from its name: `may have at most 35 characters`. */
export interface Found {
  readonly path: readonly PropertyKey[]
  readonly code: string
  readonly message: string
  readonly limit?: number | string
  readonly measured?: number | string
}

/** zod's findings. `known`: the names that the checked object reads. */
export function readIssues({ issues }: Pick<z.ZodError, 'issues'>, known: readonly string[] = []): Found[] {
  return issues.flatMap((issue): Found[] => {
    const { path, message } = issue
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map(key => unknownName([...path, key], path.length === 0 ? known : []))
    }
    if (issue.code === 'custom') {
      const { code = 'invalid_value', limit, measured } = (issue.params ?? {}) as Partial<Found>
      const figures = limit === undefined || measured === undefined ? {} : { limit, measured }
      return [{ path, code, message, ...figures }]
    }
    if (isMissing(issue)) return [{ path, code: 'required', message: 'is required' }]
    switch (issue.code) {
      case 'invalid_type':
        return [{ path, code: 'invalid_type', message: `must be ${article(issue.expected)}` }]
      case 'too_big': {
        const limit = Number(issue.maximum)
        const own = `may ${boundOf(issue.origin)} at most ${limit}${unitOf(issue.origin, limit)}`
        return [{ path, code: 'too_big', message: isDefault(message) ? own : message, limit }]
      }
      case 'too_small': {
        const limit = Number(issue.minimum)
        const own = `must ${boundOf(issue.origin)} at least ${limit}${unitOf(issue.origin, limit)}`
        return [{ path, code: 'too_small', message: isDefault(message) ? own : message, limit }]
      }
      case 'invalid_value':
        return [{ path, code: 'invalid_value', message: `must be ${issue.values.map(quote).join(' or ')}` }]
      case 'invalid_format':
        return [{ path, code: 'invalid_format', message: FORMATS[issue.format] ?? message }]
      default:
        return [{ path, code: 'invalid_value', message }]
    }
  })
}

/** A name that nothing reads is refused: a schedule under a wrong name would publish at once. */
export function unknownName(path: readonly PropertyKey[], known: readonly string[]): Found {
  const name = String(path.at(-1))
  const near = known.length > 0 && name.length <= 100 ? closest(name, [...known]) : undefined
  const isNear = near !== undefined && distance(name.toLowerCase(), near.toLowerCase()) <= Math.max(2, name.length / 3)
  const message = `is not a field that is read here${isNear ? `; did you mean "${near}"?` : ''}`
  return { path, code: 'unknown_field', message }
}

/** `['accounts', 1]` → `accounts[1]`. */
export const pathOf = (segments: readonly PropertyKey[]): string =>
  segments.reduce<string>((path, segment) => {
    if (typeof segment === 'number') return `${path}[${segment}]`
    return path ? `${path}.${String(segment)}` : String(segment)
  }, '')

/** zod's findings (made with `reportInput`) as faults of the post, with the platform's name before the path: `youtube.tags[2]`. */
export const toFaults = (platform: string, error: z.ZodError, known: readonly string[]): Fault[] =>
  readIssues(error, known).map(({ path, ...rest }) => ({ field: pathOf([platform, ...path]), ...rest }))

const FORMATS: Readonly<Record<string, string>> = {
  datetime: 'must be an RFC 3339 time with an offset, such as 2027-04-18T09:30:00Z'
}

/** Without `reportInput`, zod names the received type in the message alone, and of lists of values not even there. */
const isMissing = (issue: z.core.$ZodIssue): boolean =>
  (issue.code === 'invalid_type' && issue.message.endsWith('received undefined')) ||
  (issue.path.length > 0 && 'input' in issue && issue.input === undefined)

/** zod's own words, where the schema has none. */
const isDefault = (message: string): boolean => /^Too (big|small)\b/.test(message)

const boundOf = (origin: string): string => (origin === 'string' || origin === 'array' ? 'have' : 'be')

function unitOf(origin: string, count: number): string {
  if (origin === 'string') return count === 1 ? ' character' : ' characters'
  if (origin === 'array') return count === 1 ? ' entry' : ' entries'
  return ''
}

const quote = (value: unknown): string => JSON.stringify(value)

const article = (expected: string): string => {
  const noun = expected === 'int' ? 'integer' : expected === 'record' ? 'object' : expected
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`
}

import type { z } from 'zod'
import type { Fault } from './connector.ts'

/** zod's findings (made with `reportInput`) as faults, with the platform's name before the path: `youtube.tags[2]`. `known`: the options' names. */
export function toFaults(platform: string, error: z.ZodError, known: readonly string[]): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const at = (path: readonly PropertyKey[]): string =>
      path.reduce<string>((all, name) => all + (typeof name === 'number' ? `[${name}]` : `.${String(name)}`), platform)
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => ({
        field: at([...issue.path, key]),
        code: 'unknown_field',
        message: `There is no option "${key}".${suggest(key, known)}`
      }))
    const field = at(issue.path)
    if (issue.code === 'custom') {
      const { code = 'invalid', limit, measured } = (issue.params ?? {}) as Partial<Fault>
      const figures = limit === undefined || measured === undefined ? {} : { limit, measured }
      return [{ field, code, message: issue.message, ...figures }]
    }
    if (issue.input === undefined && issue.path.length > 0)
      return [{ field, code: 'required', message: 'This option is required.' }]
    return [{ field, code: issue.code, message: issue.message }]
  })
}

/** The known name that is at most three edits away. */
function suggest(key: string, known: readonly string[]): string {
  const [best] = known
    .map(name => ({ name, far: distance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)
  return best && best.far <= 3 ? ` Did you mean "${best.name}"?` : ''
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      next[j] = Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + cost)
    }
    row = next
  }
  return row[b.length] ?? 0
}

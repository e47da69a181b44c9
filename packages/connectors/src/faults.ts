import type { z } from 'zod'
import type { Fault } from './connector.ts'

/** zod's findings as faults, with the platform's name before the path: `youtube.tags.2`. */
export function toFaults(platform: string, error: z.ZodError): Fault[] {
  return error.issues.flatMap((issue): Fault[] => {
    const at = (path: readonly PropertyKey[]): string => [platform, ...path.map(String)].join('.')
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => ({
        field: at([...issue.path, key]),
        code: 'unknown_field',
        message: `There is no option "${key}".`
      }))
    const field = at(issue.path)
    const params = issue.code === 'custom' ? (issue.params as Partial<Fault> | undefined) : undefined
    const { code = undefined, limit = undefined, measured = undefined } = params ?? {}
    const isAbsent =
      issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message)
    return [
      {
        field,
        code: code ?? (isAbsent ? 'required' : issue.code),
        message: isAbsent ? 'This option is required.' : issue.message,
        ...(limit === undefined ? {} : { limit }),
        ...(measured === undefined ? {} : { measured })
      }
    ]
  })
}

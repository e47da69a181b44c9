import { type Fault, ProblemError } from '@upload24/sdk'
import type { Fit, Target } from '../../description/fit.ts'

/** What the server refused, one by one. */
export const refusalsOf = (error: unknown): readonly Fault[] => (error instanceof ProblemError ? error.errors : [])

/** The account that it is about, if it is about one alone. */
export const accountOf = ({ accountId, path }: Fault): string | undefined =>
  accountId ?? /^accountOptions\.(\w+)/.exec(path)?.[1]

/** What was refused when it was saved stands with what was known before: each at its field. */
export function withRefusals(fit: Fit, account: Target['account'], refusals: readonly Fault[]): Fit {
  const told = refusals.filter(
    refusal => accountOf(refusal) === account.accountId && !fit.faults.some(({ path }) => path === refusal.path)
  )
  return told.length === 0 ? fit : { ...fit, is: 'refused', faults: [...fit.faults, ...told] }
}

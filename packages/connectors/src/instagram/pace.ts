import { z } from 'zod'
import type { Answer } from '../connector.ts'
import { readJson } from '../json.ts'

const Usage = z.object({
  call_count: z.number().default(0),
  total_cputime: z.number().default(0),
  total_time: z.number().default(0),
  /** Minutes. */
  estimated_time_to_regain_access: z.number().default(0)
})
type Usage = z.infer<typeof Usage>
const Business = z.record(z.string(), z.array(Usage))

const usages = ({ headers }: Pick<Answer, 'headers'>): readonly Usage[] =>
  Object.values(Business.safeParse(readJson(headers.get('x-business-use-case-usage') ?? '')).data ?? {}).flat()

const regain = (all: readonly Usage[]): number => 60 * Math.max(0, ...all.map(u => u.estimated_time_to_regain_access))
const percent = (all: readonly Usage[]): number =>
  Math.max(0, ...all.flatMap(u => [u.call_count, u.total_cputime, u.total_time]))

/** Seconds until calls are allowed again, when the platform told them. "Calling while blocked lengthens the block." */
export const regainSeconds = (answer: Pick<Answer, 'headers'>): number | undefined =>
  regain(usages(answer)) || undefined

/** developers.facebook.com/docs/graph-api/overview/rate-limiting: percentages of the rolling hour, of an account and of the app. */
export function pace(answer: Answer): { readonly scope: 'account' | 'app'; readonly seconds: number } | undefined {
  const ofAccount = usages(answer)
  const blocked = regain(ofAccount)
  if (blocked > 0) return { scope: 'account', seconds: blocked }
  const ofApp = Usage.safeParse(readJson(answer.headers.get('x-app-usage') ?? '')).data
  if (ofApp && percent([ofApp]) >= 95) return { scope: 'app', seconds: 300 }
  const used = percent(ofAccount)
  if (used >= 95) return { scope: 'account', seconds: 300 }
  return used >= 80 ? { scope: 'account', seconds: 60 } : undefined
}

import { wallClock } from '../../failures.ts'
import { ZONE } from '../errors.ts'
import { refuse, uploadQuota } from './errors.ts'
import type { World } from './model.ts'

const DEFAULT = { uploads: 100, units: 10_000 }

/** Charges the project's day, Pacific time. A refused request is charged too. Throws when the bucket is empty. */
export async function charge(
  project: string,
  bucket: 'uploads' | 'units',
  cost: number,
  { deps, model, faults }: World
): Promise<void> {
  const limits = deps.quota ?? DEFAULT
  const day = wallClock(ZONE, deps.now()).toISOString().slice(0, 10)
  const ledger = await model.update('ledger', `${project}/${day}`, project, doc => {
    const now = doc ?? { uploads: 0, units: 0 }
    return { ...now, [bucket]: now[bucket] + cost }
  })
  const { uploadQuotaExhausted, quotaExhausted } = await faults.get(project)
  const isOver = (ledger?.[bucket] ?? 0) > limits[bucket]
  if (bucket === 'uploads' && (isOver || uploadQuotaExhausted)) throw uploadQuota()
  if (bucket === 'units' && (isOver || quotaExhausted)) throw refuse(403, 'quotaExceeded')
}

import { Problem } from '../http/problem.ts'
import type { Storage } from './storage.ts'

/**
 * What was stored for something that came to nothing goes. After a fault of the database it may have been made all the
 * same, and its answer be replayed: where `isMade` finds it, the bytes stay.
 */
export async function removeUnmade(
  storage: Storage,
  key: string,
  error: unknown,
  isMade: () => Promise<boolean>
): Promise<void> {
  if (error instanceof Problem || !(await isMade())) await storage.remove(key)
}

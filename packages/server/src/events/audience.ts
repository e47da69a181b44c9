import type { Db } from '../db/open.ts'
import { addReader, removeReader } from './queries.ts'

/** The workspaces whose events this process wants to be told of: what is not in its table is not announced. */
export interface Audience {
  join(tenantId: string): Promise<void>
  leave(tenantId: string): void
  /** Says again what was said before: somebody may have forgotten it. */
  renew(): Promise<void>
}

/** `worker`: the id of this process among those that give signs of life. */
export function createAudience(db: Db, worker: string, onError: (error: unknown) => void): Audience {
  const counts = new Map<string, number>()
  const turns = new Map<string, Promise<void>>()

  /** The statements of a workspace come one after the other: a late goodbye must not undo a new greeting. */
  function inTurn(tenantId: string, run: () => Promise<void>): Promise<void> {
    const before = turns.get(tenantId)?.catch(() => {}) ?? Promise.resolve()
    const turn = before.then(run)
    turns.set(tenantId, turn)
    const forget = () => {
      if (turns.get(tenantId) === turn) turns.delete(tenantId)
    }
    turn.then(forget, forget)
    return turn
  }

  const greet = (tenantId: string) => inTurn(tenantId, () => addReader(db, tenantId, worker))

  return {
    join(tenantId) {
      counts.set(tenantId, (counts.get(tenantId) ?? 0) + 1)
      return greet(tenantId)
    },
    leave(tenantId) {
      const left = (counts.get(tenantId) ?? 1) - 1
      if (left > 0) {
        counts.set(tenantId, left)
        return
      }
      counts.delete(tenantId)
      const goodbye = async () => {
        if (!counts.has(tenantId)) await removeReader(db, tenantId, worker)
      }
      inTurn(tenantId, goodbye).catch(onError)
    },
    async renew() {
      await Promise.all([...counts.keys()].map(greet))
    }
  }
}

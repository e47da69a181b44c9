import type { Failure, RemotePost } from '@upload24/connectors'
import type { Seal } from '../lib/seal.ts'
import { MARGIN, type Row } from './engine.ts'
import { type Delivery, LEASE, type Stage, type Status } from './machine.ts'

/** What steps go by and change: every statement of a step answers it. Ages and delays are the database's, in seconds. */
export interface Stepped {
  readonly id: string
  readonly status: Status
  readonly stage: Stage
  readonly state: Buffer | null
  readonly bytes: number
  readonly sent: number
  readonly chunkEnd: number
  readonly tries: number
  readonly restarts: number
  readonly absent: boolean
  readonly doubt: 'prepare' | 'send' | 'commit' | null
  readonly doubtCommits: boolean
  readonly doubtRepeat: boolean
  readonly doubtSince: Date | null
  readonly crashes: number
  readonly stop: 'cancel' | 'unlink' | null
  readonly remoteId: string | null
  readonly remoteUrl: string | null
  readonly remoteTrace: string | null
  readonly failure: Failure | null
  readonly lease: string
  readonly now: Date
  readonly doubtAge: number | null
  readonly settlesIn: number | null
  readonly left: number
  readonly taken: string[]
}

/** A delivery as it is claimed. */
export interface Claimed extends Stepped {
  readonly tenantId: string
  readonly uploadId: string
  readonly accountId: string
  readonly platform: string
  readonly app: string
  readonly title: string
  readonly description: string
  readonly options: unknown
  /** Changing calls that were begun. */
  readonly attempts: number
  /** The month that the reserved unit of quota belongs to: `2026-11-01`. */
  readonly quotaMonth: string
  /** Set for follow-ups alone: the delivery that made the post, the connector's name for it, which of the wanted ones. */
  readonly parentId: string | null
  readonly followUp: string | null
  readonly part: string | null
  /** A follow-up's own file, where it has one. */
  readonly fileId: string | null
}

/** Two clocks: the monotonic one stops while a machine is suspended, the wall clock can be set back. Past on either is past. */
export interface Deadline {
  deadline: number
  wall: number
}

export const deadlineAfter = (sentAt: Deadline): Deadline => ({
  deadline: sentAt.deadline + (LEASE - MARGIN) * 1000,
  wall: sentAt.wall + (LEASE - MARGIN) * 1000
})

/** Taken before a statement is sent: what the lease is counted from on our side. */
export const clocks = (): Deadline => ({ deadline: performance.now(), wall: Date.now() })

export function toRow(seal: Seal, record: Stepped, fence: Deadline): Row {
  return {
    id: record.id,
    lease: record.lease,
    delivery: toDelivery(seal, record),
    times: {
      doubtAge: record.doubtAge ?? 0,
      settlesIn: record.settlesIn ?? 0,
      left: record.left,
      crashes: record.crashes
    },
    now: record.now,
    doubtSince: record.doubtSince ?? record.now,
    taken: record.taken,
    stop: record.stop,
    fence
  }
}

type StoredDelivery = StoredPost &
  Pick<Stepped, 'id' | 'status' | 'stage' | 'state' | 'bytes' | 'sent' | 'chunkEnd' | 'tries' | 'restarts'> &
  Pick<Stepped, 'doubt' | 'doubtCommits' | 'doubtRepeat' | 'failure' | 'absent'>

/** Of a row that is at work or over, as the machine knows it. */
export function toDelivery(seal: Seal, record: StoredDelivery): Delivery {
  const { doubt } = record
  return {
    status: record.status,
    stage: record.stage,
    state: record.state ? JSON.parse(seal.open(record.state, contextOf(record.id))) : null,
    bytes: record.bytes,
    sent: record.sent,
    end: record.chunkEnd,
    doubt: doubt ? { call: doubt, commits: record.doubtCommits, repeat: record.doubtRepeat } : null,
    tries: record.tries,
    restarts: record.restarts,
    post: toPost(record),
    failure: record.failure,
    absent: record.absent
  }
}

export interface StoredPost {
  readonly remoteId: string | null
  readonly remoteUrl: string | null
  readonly remoteTrace: string | null
}

export function toPost({ remoteId: id, remoteUrl: url, remoteTrace: trace }: StoredPost): RemotePost | null {
  if (id === null && url === null && trace === null) return null
  return { ...(id !== null && { id }), ...(url !== null && { url }), ...(trace !== null && { trace }) }
}

export const sealState = (seal: Seal, id: string, state: unknown): Buffer | null =>
  state === null ? null : seal.seal(JSON.stringify(state), contextOf(id))

/** A state opens for its own delivery alone. */
const contextOf = (id: string) => `delivery:${id}`

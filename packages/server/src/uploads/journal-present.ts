import type { Attempt } from '@upload24/contract'
import { publicId } from '../lib/ids.ts'
import type { AttemptRow, Place } from './journal-queries.ts'

export function presentAttempt(row: AttemptRow): Attempt {
  const kind = kinds[row.verdict] ?? 'call'
  return {
    at: new Date(row.at).toISOString(),
    kind,
    accountId: publicId('account', row.accountId),
    followUp: row.part,
    call: row.call,
    method: row.method,
    host: row.host,
    path: row.path,
    status: row.status,
    requestId: row.requestId,
    durationMs: row.durationMs,
    bytes: row.bytes,
    verdict: kind === 'call' ? (row.verdict as Attempt['verdict']) : null,
    code: row.code,
    message: row.message ?? words[row.verdict] ?? null,
    by: row.by ?? (row.userId && publicId('user', row.userId)) ?? (row.keyId && publicId('key', row.keyId))
  }
}

const kinds: Readonly<Record<string, Attempt['kind']>> = {
  waits: 'waits',
  ended: 'ended',
  canceled: 'canceled',
  retried: 'retried',
  posted: 'resolved',
  absent: 'resolved',
  consent: 'consent'
}

const words: Readonly<Record<string, string>> = {
  answered: 'The platform answered.',
  refused: 'The platform refused.',
  lost: 'No answer came. It may have worked.',
  began: 'It began and is not answered. It may have worked.',
  canceled: 'It was canceled.',
  retried: 'It was started again.',
  posted: 'A person looked, and the post is there.',
  absent: 'A person looked, and the post is not there.'
}

/** Where a page ends. */
export const writePlace = ({ at, deliveryId, rank, n }: Place): string =>
  Buffer.from([at, deliveryId, rank, n].join(' ')).toString('base64url')

const PLACE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}) (\d) (\d{1,9})$/

/** Null: it is none of ours. */
export function readPlace(cursor: string): Place | null {
  const [, at, deliveryId, rank, n] = PLACE.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined || deliveryId === undefined || !isTime(at)) return null
  return { at, deliveryId, rank: Number(rank), n: Number(n) }
}

/** PostgreSQL refuses what JavaScript lets pass: February 30th, the year 0. */
export const isTime = (text: string): boolean => {
  const time = Date.parse(text)
  return time > 0 && new Date(time).toISOString().slice(0, 19) === text.slice(0, 19)
}

import type { Attempt } from '@upload24/contract'
import { publicId } from '../lib/ids.ts'
import type { AttemptRow } from './journal-queries.ts'

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

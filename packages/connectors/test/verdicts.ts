import assert from 'node:assert/strict'
import { type Failure, Lost, Refused } from '../src/index.ts'

/** A failure in few words: kind, scope, code, seconds where a time was told, and what it stops where that is not everything. */
export function wordsOf({ kind, scope, code, after, stops, message }: Failure): string {
  assert.match(message, /^[A-Z].*\.$/, 'a sentence')
  return [kind, scope, code, after, stops].filter(word => word !== undefined).join(' ')
}

/** How an exchange was refused, in words; `lost` when it may have worked. */
export async function verdictOf(exchange: Promise<unknown>): Promise<string> {
  try {
    await exchange
  } catch (error) {
    if (error instanceof Lost) return 'lost'
    assert.ok(error instanceof Refused, String(error))
    return wordsOf(error.failure)
  }
  return 'nothing was refused'
}

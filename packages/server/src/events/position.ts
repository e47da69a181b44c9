/**
 * Where a reader of events stands. Everything that the snapshot `seen` shows was sent; of what `until` shows besides,
 * everything up to `after`. Transactions end in another order than they number their events, so a number alone would
 * leave gaps: https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-PG-SNAPSHOT
 */
export interface Position {
  readonly seen: string
  readonly until: string | null
  readonly after: number
}

/** Nothing was seen. Ids of transactions begin at 3. */
export const NOTHING = '3:3:'

const PATTERN = /^(\d{1,18}:\d{1,18}:[\d,]{0,4000})(?:\/(\d{1,18}:\d{1,18}:[\d,]{0,4000})\/(\d{1,15}))?@(\d{1,15})$/

/** Every transaction that was under way in the one snapshot has ended in the other. */
export const isSettled = (then: string, now: string): boolean =>
  BigInt(now.split(':')[0] ?? 0) >= BigInt(then.split(':')[1] ?? 0)

/** As the `id` of an event. `at`: its time, by which a reader can be told that what follows is not kept any more. */
export const writePosition = ({ seen, until, after }: Position, at: Date): string =>
  `${seen}${until === null ? '' : `/${until}/${after}`}@${at.getTime()}`

/** Null: it is none of ours. */
export function readPosition(text: string): { readonly position: Position; readonly at: Date } | null {
  const [, seen, until = null, after, at] = PATTERN.exec(text) ?? []
  if (seen === undefined || !isSnapshot(seen) || (until !== null && !isSnapshot(until))) return null
  return { position: { seen, until, after: Number(after ?? 0) }, at: new Date(Number(at)) }
}

/** `xmin:xmax:running`: PostgreSQL refuses what is not in order. */
function isSnapshot(text: string): boolean {
  const [xmin, xmax, list] = text.split(':') as [string, string, string]
  const running = list === '' ? [] : list.split(',')
  if (running.some(each => each === '' || each.length > 18)) return false
  const [low, high] = [BigInt(xmin), BigInt(xmax)]
  if (low < 3n || low > high) return false
  const numbers = running.map(BigInt)
  return numbers.every(
    (each, index) => each >= low && each < high && (index === 0 || each > (numbers[index - 1] as bigint))
  )
}

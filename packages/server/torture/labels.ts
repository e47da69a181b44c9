/** What a statement is called in the name of a point. */
export interface Label {
  readonly name: string
  /** False for a claim, which finds nothing most of the time: only one that found something counts, afterwards. */
  readonly isKnownBefore: boolean
  /** False inside a transaction: nobody sees the write before its commit. */
  readonly isSeenAfter: boolean
}

const ALONE = { isKnownBefore: true, isSeenAfter: true }
const INSIDE = { isKnownBefore: true, isSeenAfter: false }

const STATEMENTS: readonly (readonly [RegExp, string, Omit<Label, 'name'>])[] = [
  [/^begin$|^start transaction/, 'transaction', INSIDE],
  [/^commit$/, 'commit', ALONE],
  [/claim_due\(/, 'claim', { isKnownBefore: false, isSeenAfter: true }],
  [/update deliveries d set doubt = /, 'begin', ALONE],
  [/update deliveries d set status = /, 'save', ALONE],
  [/update deliveries set lease_until = /, 'beat', ALONE],
  [/insert into attempts/, 'journal', INSIDE],
  [/insert into deliveries/, 'follow-ups', INSIDE],
  [/refresh_upload\(/, 'refresh of the upload', INSIDE],
  [/insert into budgets/, 'budget', ALONE],
  [/quotas? /, 'quota', INSIDE],
  [/set refresh_lease = \$/, 'right to refresh', ALONE],
  [/previous_tokens/, 'new tokens', ALONE],
  [/set parked_until = /, 'parking', INSIDE]
]

/** Undefined: it changes nothing, or it is no part of a delivery's step (signs of life, the sweeper). */
export function labelStatement([config]: readonly unknown[]): Label | undefined {
  const text = textOf(config).trim().replace(/\s+/g, ' ').replaceAll('"', '')
  if (/^select(?!.*(refresh_upload|claim_due)\()/i.test(text) || /\bworkers\b.*\bclaimed_at\b/.test(text))
    return undefined
  const found = STATEMENTS.find(([pattern]) => pattern.test(text))
  if (found) return { name: found[1], ...found[2] }
  const [, write, table] = WRITES.exec(text) ?? []
  return write === undefined ? undefined : { name: `${write.toLowerCase()} ${table}`, ...INSIDE }
}

/** What else belongs to an upload on its way in. The sweeper only drops such rows. */
const WRITES = /\b(insert into|update) (uploads|files|deliveries|upload_sessions|idempotency_keys)\b/i

const textOf = (config: unknown): string =>
  typeof config === 'string' ? config : String((config as { text?: unknown } | undefined)?.text ?? '')

/** `PUT upload/youtube/v3/videos`: no ids, no query. */
export function labelExchange({ method, path }: { readonly method: string; readonly path: string }): string {
  const [, below = path] = /\/h\/([^?]*)/.exec(path) ?? []
  const words = below
    .split('/')
    .slice(1)
    .filter(word => /^[a-z_.-]{1,24}$/i.test(word))
  return `${method} ${words.join('/') || 'object'}`
}

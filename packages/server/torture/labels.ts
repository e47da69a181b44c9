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
const CLAIM = { isKnownBefore: false, isSeenAfter: true }

/** Those that have a name of their own, or are seen otherwise than a write within a transaction. */
const STATEMENTS: readonly (readonly [RegExp, string, Omit<Label, 'name'>])[] = [
  [/^begin$|^start transaction/, 'transaction', INSIDE],
  [/^commit$/, 'commit', ALONE],
  [/claim_due\(/, 'claim', CLAIM],
  [/update imports i set lease = .* returning i\.id, i\.lease/, 'claim of an import', CLAIM],
  [/update deliveries d set doubt = /, 'begin', ALONE],
  [/update deliveries d set status = /, 'save', ALONE],
  [/insert into attempts/, 'journal', INSIDE],
  [/insert into deliveries/, 'follow-ups', INSIDE],
  [/^select record_event\(/, 'event', INSIDE],
  [/refresh_upload\(/, 'refresh of the upload', INSIDE],
  [/insert into budgets/, 'budget', ALONE],
  [/(update|insert into) quotas /, 'quota', INSIDE],
  [/set refresh_lease = \$/, 'right to refresh', ALONE],
  [/previous_tokens/, 'new tokens', ALONE],
  [/set parked_until = /, 'parking', INSIDE]
]

/**
 * Writes that are no part of an upload's life: they come when their minute or second has come, at no point that another run
 * would find again. Any other write is a point.
 */
const BESIDE: readonly RegExp[] = [
  // Signs of life, the importer's how far it is, and who reads events.
  /^(insert into|delete from) (workers|event_readers)\b/,
  /^update deliveries set lease_until = /,
  /^update imports i set lease_until = /,
  // The sweeper's.
  /^delete from (events|links|attempts)\b/,
  /^update links set /,
  /^delete from idempotency_keys where created_at/,
  /^delete from file_uses u using upload_sessions/,
  /^update imports i set url = null/,
  /^update accounts set (refresh_at|facts_at) = .* skip locked/,
  /^update accounts set .*facts_at = now\(\)/,
  // The platform's own memory: it is no part of the system.
  /\bsandbox_documents\b/
]

const WRITE =
  /\b(?<!\b(?:for|key|do) )(insert into|update|delete from|merge into) (?!skip\b|of\b|set\b|nowait\b)([a-z_]+)/

/** Undefined: it changes nothing, or nothing of an upload. */
export function labelStatement([config]: readonly unknown[]): Label | undefined {
  const text = textOf(config).trim().replace(/\s+/g, ' ').replaceAll('"', '').toLowerCase()
  if (BESIDE.some(pattern => pattern.test(text))) return undefined
  const found = STATEMENTS.find(([pattern]) => pattern.test(text))
  if (found) return { name: found[1], ...found[2] }
  const [, write, table] = WRITE.exec(text) ?? []
  return write === undefined ? undefined : { name: `${write} ${table}`, ...INSIDE }
}

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

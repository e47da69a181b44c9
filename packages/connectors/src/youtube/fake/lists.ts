import { json, type Reply } from '../../sandbox/reply.ts'
import { refuse } from './errors.ts'

/** The answer of every `list` method. */
export const list = (kind: string, items: readonly unknown[], more = {}): Reply =>
  json(200, {
    kind: `youtube#${kind}`,
    etag: '"sandbox"',
    ...more,
    pageInfo: { totalResults: items.length, resultsPerPage: items.length },
    items
  })

/** Seen now and then: a good answer in which `items` is absent. */
export function withoutItems(reply: Reply): Reply {
  const { items: _, ...rest } = JSON.parse(reply.body ?? '{}')
  return json(reply.status, rest)
}

/** A resource with those of its parts that were asked for. */
export function resource(kind: string, id: string, parts: readonly string[], all: Readonly<Record<string, unknown>>) {
  const shown = Object.fromEntries(parts.flatMap(p => (all[p] === undefined ? [] : [[p, all[p]]])))
  return { kind: `youtube#${kind}`, etag: '"sandbox"', id, ...shown }
}

/** The page that `maxResults` and `pageToken` ask for. */
export function pageOf<T>(query: URLSearchParams, usual: number, most: number, all: readonly T[]) {
  const size = Number(query.get('maxResults') ?? usual)
  if (!Number.isInteger(size) || size < 0 || size > most)
    throw refuse(400, 'invalidParameter', { location: 'maxResults', locationType: 'parameter' })
  const from = Number(Buffer.from(query.get('pageToken') ?? '', 'base64url').toString() || 0)
  if (!Number.isInteger(from))
    throw refuse(400, 'invalidPageToken', { location: 'pageToken', locationType: 'parameter' })
  const to = from + size
  const more = to < all.length ? { nextPageToken: Buffer.from(String(to)).toString('base64url') } : {}
  return { from, items: all.slice(from, to), more }
}

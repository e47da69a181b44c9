import type { IncomingMessage } from 'node:http'

/** Where a request to the sandbox goes, in real names. Null: it goes to the API itself. */
export function placeOf(url: string): { platform: string; host: string; path: string; query: URLSearchParams } | null {
  const found = /^\/sandbox\/([a-z]+)\/h\/([^/?]+)([^?]*)(?:\?(.*))?$/.exec(url)
  if (!found) return null
  const [, platform = '', host = '', path = '', query = ''] = found
  return { platform, host, path, query: new URLSearchParams(query) }
}

type Place = NonNullable<ReturnType<typeof placeOf>>

/** Tells the exchanges of a flow apart and is the same in each run: without ids, with the kind of a grant and the place of a chunk. */
export function labelOf(req: IncomingMessage, place: Place, form: URLSearchParams): string {
  const path = place.path
    .split('/')
    .map(part => (/^\d{5,}$|^(?=.*\d)[\w-]{24,}$/.test(part) ? '*' : part))
    .join('/')
  const grant = form.get('grant_type') ?? place.query.get('grant_type')
  const parts = place.query.get('part') ?? place.query.get('fields')
  const [, range] = /^bytes (\*|\d+)/.exec(req.headers['content-range'] ?? '') ?? []
  const marks = [
    grant && `(${grant})`,
    range === undefined && parts && `(${parts.slice(0, 40)})`,
    range !== undefined && (range === '*' ? '(how much?)' : `(from ${range})`)
  ]
  return [`${req.method} ${place.host}${path}`, ...marks.filter(Boolean)].join(' ')
}

/** The fields of a small form, in the encoding that token endpoints take. */
export const isForm = (req: IncomingMessage): boolean =>
  (req.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded')

/** The token that a request shows, wherever it stands. */
export function tokenOf(req: IncomingMessage, { query }: Place, form: URLSearchParams): string | undefined {
  const [, shown] = /^(?:Bearer|OAuth) (.+)$/.exec(req.headers.authorization ?? '') ?? []
  const fields = ['access_token', 'fb_exchange_token', 'token']
  return shown ?? fields.map(name => form.get(name) ?? query.get(name)).find(value => value !== null) ?? undefined
}

/** The app that a request names: its workspace's sandbox. */
export const appOf = ({ query }: Place, form: URLSearchParams): string | undefined =>
  ['client_id', 'client_key'].map(name => form.get(name) ?? query.get(name)).find(value => value !== null) ?? undefined

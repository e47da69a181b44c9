import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after } from 'node:test'
import { makeVideo } from './make-video.ts'

export const FILM = makeVideo(6_000_000)
const ETAG = `"${createHash('sha256').update(FILM).digest('hex')}"`

export type Handler = (request: IncomingMessage, response: ServerResponse, nth: number) => void
const pages = new Map<string, { handle: Handler; ranges: (string | undefined)[] }>()
const server = createServer((request, response) => {
  const page = pages.get(new URL(request.url ?? '', 'http://x').pathname)
  if (!page) return response.writeHead(404).end('nothing here')
  page.ranges.push(request.headers.range)
  return page.handle(request, response, page.ranges.length)
})
await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
after(() => server.close().closeAllConnections())
export const { port } = server.address() as AddressInfo

let count = 0
/** An address at which `handle` answers. */
export function serve(handle: Handler, name = 'film.mp4') {
  const path = `/${++count}/${name}`
  const page = { handle, ranges: [] as (string | undefined)[] }
  pages.set(path, page)
  return { url: `http://files.example.com${path}`, ranges: page.ranges }
}

/** Serves the film as a web server does, ranges included; `cut` ends the connection after so many bytes. */
export const film =
  (
    { cut = () => Number.POSITIVE_INFINITY, etag = () => ETAG, type = 'video/mp4', ranged = true } = {} as {
      cut?: (nth: number) => number
      etag?: (nth: number) => string
      type?: string
      ranged?: boolean
    }
  ): Handler =>
  (request, response, nth) => {
    const version = etag(nth)
    const start =
      ranged && request.headers['if-range'] === version ? Number(/\d+/.exec(request.headers.range ?? '0')) : 0
    const rest = FILM.subarray(start)
    response.writeHead(start > 0 ? 206 : 200, {
      etag: version,
      'content-type': type,
      'content-length': rest.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${FILM.length - 1}/${FILM.length}` })
    })
    if (cut(nth) >= rest.length) return response.end(rest)
    response.write(rest.subarray(0, cut(nth)), () => response.destroy())
  }

/** Sends the head and half of the film, then nothing. */
export const stall: Handler = (_request, response) => {
  response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': FILM.length, etag: ETAG })
  response.write(FILM.subarray(0, 3_000_000))
}

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Film } from '../films.ts'

/** Somebody's web server with a film. Its path is one that the points know. */
export async function serveFilm({ bytes, sha256 }: Film): Promise<{ readonly url: string; close(): void }> {
  const etag = `"${sha256}"`
  const server = createServer((request, response) => {
    const isRest = request.headers['if-range'] === etag
    const start = isRest ? Number(/\d+/.exec(request.headers.range ?? '0')) : 0
    const rest = bytes.subarray(start)
    response.writeHead(start > 0 ? 206 : 200, {
      etag,
      'content-type': 'video/mp4',
      'content-length': rest.length,
      ...(start > 0 && { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` })
    })
    response.end(rest)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/sandbox/somebody/h/files/film`,
    close: () => void server.close().closeAllConnections()
  }
}

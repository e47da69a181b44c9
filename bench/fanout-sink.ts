/**
 * The receiving side at its cheapest: as much of YouTube's resumable protocol as a transfer needs, for the real host names (`YOUTUBE_HOSTS`).
 * It counts the bytes and keeps nothing. Prints its base address.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

const received = new Map<string, number>()
let sessions = 0

const server = createServer((request, response) => {
  const { method, url = '' } = request
  if (method === 'PUT') return takeBytes(url, request, response)
  request.resume()
  request.on('end', () => {
    if (url.includes('uploadType=resumable')) {
      const path = `/upload/${++sessions}`
      received.set(path, 0)
      return response.writeHead(200, { location: path }).end('{}')
    }
    answer(response, 200, { items: [{ id: 'v', status: { uploadStatus: 'processed' } }] })
  })
})

function takeBytes(path: string, request: IncomingMessage, response: ServerResponse): void {
  const total = Number(/\/(\d+)$/.exec(request.headers['content-range'] ?? '')?.[1])
  let has = received.get(path) ?? 0
  request.on('data', chunk => {
    has += chunk.length
  })
  request.on('end', () => {
    received.set(path, has)
    if (has < total) response.writeHead(308, { range: `bytes=0-${has - 1}` }).end()
    else answer(response, 201, { id: path.slice('/upload/'.length) })
  })
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

server.requestTimeout = 0
await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)

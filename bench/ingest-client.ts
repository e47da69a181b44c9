/**
 * Sends one request over a bare socket and prints `{ status, seconds, head }`: cheaper than any HTTP client, so that the
 * server is what is measured. Arguments: one JSON object { url, method, headers, before, bytes, after }.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'

export interface Shot {
  readonly url: string
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  /** What frames the bytes: the parts of a form. */
  readonly before: string
  readonly bytes: number
  readonly after: string
}

const shot = JSON.parse(process.argv[2] ?? '') as Shot
const { hostname, port, pathname, search, host } = new URL(shot.url)
const length = Buffer.byteLength(shot.before) + shot.bytes + Buffer.byteLength(shot.after)
const headers = Object.entries({ Host: host, 'Content-Length': length, Connection: 'close', ...shot.headers })
const block = randomBytes(4 << 20)

const socket = connect({ port: Number(port), host: hostname, noDelay: true })
await once(socket, 'connect')
let answer = ''
socket.on('data', chunk => {
  answer += chunk.toString('latin1')
})
const ended = once(socket, 'close')
const start = process.hrtime.bigint()
const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('')
socket.write(`${shot.method} ${pathname}${search} HTTP/1.1\r\n${lines}\r\n${shot.before}`)
for (let left = shot.bytes; left > 0; left -= block.length) {
  if (!socket.write(left < block.length ? block.subarray(0, left) : block)) await once(socket, 'drain')
}
socket.write(shot.after)
while (!answer.includes('\r\n\r\n')) await once(socket, 'data')
const seconds = Number(process.hrtime.bigint() - start) / 1e9
await ended
console.log(JSON.stringify({ status: Number(answer.slice(9, 12)), seconds, head: answer.slice(0, 400) }))

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'

/** What `fetch` would never send. */
export async function openSocket(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' })
  // Being cut off is what some of these ask for.
  socket.on('error', () => {})
  await once(socket, 'connect')
  return socket
}

/** Sends these characters, each of which is one byte, and reads until the server closes the connection. */
export async function sendRaw(port: number, bytes: string) {
  const socket = await openSocket(port)
  socket.write(bytes, 'latin1')
  const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n', 2)
  const [line = '', ...lines] = head.split('\r\n')
  const headers = new Headers(lines.map(each => each.split(/: */, 2) as [string, string]))
  return { status: Number(line.split(' ')[1]), headers, body: JSON.parse(body) }
}

export const BOUNDARY = 'x-boundary-x'

/** A request with a form as it goes over the wire; `length`: what it announces, when not what it has. */
export function rawForm(key: string, body: string, length = body.length): string {
  return [
    'POST /api/upload HTTP/1.1',
    'Host: upload24.test',
    'Connection: close',
    `X-Api-Key: ${key}`,
    `Content-Type: multipart/form-data; boundary=${BOUNDARY}`,
    `Content-Length: ${length}`,
    '',
    body
  ].join('\r\n')
}

/** One part of a form; without `fileName`, a field. */
export const rawPart = (name: string, value: string, fileName?: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${fileName === undefined ? '' : `; filename="${fileName}"`}\r\n${fileName === undefined ? '' : 'Content-Type: video/mp4\r\n'}\r\n${value}\r\n`

export const FORM_END = `--${BOUNDARY}--\r\n`

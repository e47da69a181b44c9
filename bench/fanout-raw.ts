/**
 * What anybody would write with undici: the file in one request to each target, all at once, 1 MiB reads. Waits for each line on its input, a
 * list of { open, token } with a file, and prints the seconds that it took.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { request } from 'undici'

export interface Shot {
  readonly file: string
  /** Of the stored file: behind them the store keeps words of its own. */
  readonly bytes: number
  readonly targets: readonly { readonly open: string; readonly token: string }[]
}

async function send({ file, bytes }: Shot, { open, token }: Shot['targets'][0]): Promise<void> {
  const authorization = `Bearer ${token}`
  const opened = await request(open, {
    method: 'POST',
    headers: {
      authorization,
      'content-type': 'application/json; charset=UTF-8',
      'x-upload-content-type': 'video/mp4',
      'x-upload-content-length': String(bytes)
    },
    body: JSON.stringify({
      snippet: { title: 'Raw', categoryId: '22' },
      status: { privacyStatus: 'private', selfDeclaredMadeForKids: false }
    })
  })
  const text = await opened.body.text()
  const location = opened.headers.location
  if (opened.statusCode !== 200 || typeof location !== 'string') throw new Error(`${open}: ${text}`)
  const put = await request(new URL(location, open), {
    method: 'PUT',
    headers: {
      authorization,
      'content-type': 'video/mp4',
      'content-length': String(bytes),
      'content-range': `bytes 0-${bytes - 1}/${bytes}`
    },
    body: createReadStream(file, { highWaterMark: 1 << 20, end: bytes - 1 }),
    headersTimeout: 0,
    bodyTimeout: 0
  })
  const made = await put.body.text()
  if (put.statusCode !== 200 && put.statusCode !== 201) throw new Error(`${put.statusCode} ${made}`)
}

for await (const line of createInterface(process.stdin)) {
  const shot = JSON.parse(line) as Shot
  await stat(shot.file)
  const start = process.hrtime.bigint()
  await Promise.all(shot.targets.map(target => send(shot, target)))
  console.log(Number(process.hrtime.bigint() - start) / 1e9)
}

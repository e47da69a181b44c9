import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { readDemoEnv } from '../src/demo/env-file.ts'
import { bestOf, makeFolder, start, until } from './processes.ts'
import { BOUNDARY, openSocket, rawPart } from './raw-request.ts'
import { freePort } from './world.ts'

const SIZE = 64 * 2 ** 20

/** The files in it, at any depth. */
const list = async (folder: string) =>
  (await readdir(folder, { recursive: true }).catch(() => [])).filter(path => /[\\/]/.test(path))

test('SIGTERM in the middle of a big form: it ends within five seconds, and nothing of the form stays', async t => {
  const folder = await makeFolder()
  const dataDir = join(folder.path, 'data')
  const port = await freePort()
  const startReady = async () => {
    const system = start(dataDir, { PORT: String(port), SANDBOX: 'on', LOG_LEVEL: 'warn' })
    await system.says('Upload24 is ready')
    return system
  }
  const incoming = join(dataDir, 'objects/incoming')
  let system = await startReady()
  t.after(async () => {
    system.wrapper.kill('SIGTERM')
    await system.ended()
    await folder.remove()
  })
  const { API_KEY = '', ACCOUNT_1 = '' } = (await readDemoEnv(dataDir)) ?? {}
  const quota = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/quota`, { headers: { 'x-api-key': API_KEY } })
    return answer.json()
  }
  const before = await quota()
  const outputs: string[] = []
  const took = await bestOf(5000, async () => {
    const milliseconds = await stopMidway()
    outputs.push(system.output())
    assert.deepEqual(await readdir(incoming), [])
    assert.deepEqual(await list(join(dataDir, 'objects/frozen')), [])
    system = await startReady()
    assert.deepEqual(await quota(), before)
    return milliseconds
  })
  assert.ok(took < 5000, `it took ${Math.round(took)} ms:\n${outputs.join('\n')}`)
  t.diagnostic(`it ended after ${Math.round(took)} ms`)

  /** Milliseconds that it took to stop with half a form on its way. */
  async function stopMidway(): Promise<number> {
    const socket = await openSocket(port)
    const body = rawPart('title', 'Cut') + rawPart('accounts', ACCOUNT_1)
    const head = rawPart('file', '', 'film.mp4').replace(/\r\n$/, '')
    socket.write(
      `POST /api/upload HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${API_KEY}\r\nContent-Type: multipart/form-data; boundary=${BOUNDARY}\r\nContent-Length: ${SIZE}\r\n\r\n${body}${head}`
    )
    const chunk = Buffer.alloc(2 ** 20, 7)
    let isSending = true
    const sending = (async () => {
      for (let sent = 0; isSending && sent < SIZE / 2; sent += chunk.length) {
        if (socket.destroyed) return
        // A server that has gone drains nothing any more: the close ends the wait.
        if (!socket.write(chunk)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
      }
    })()
    await until(async () => (await list(incoming)).length > 0, 'bytes of the form on the disk')
    const toldAt = performance.now()
    system.wrapper.kill('SIGTERM')
    await system.ended()
    const milliseconds = performance.now() - toldAt
    isSending = false
    socket.destroy()
    await sending.catch(() => {})
    return milliseconds
  }
})

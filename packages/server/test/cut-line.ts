import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Socket } from 'node:net'

export type CutLine = Awaited<ReturnType<typeof openCutLine>>

/** A line of TCP that a test can break, silence, or take away. `bytes` counts what came from clients. */
export async function openCutLine() {
  const pairs = new Set<readonly [Socket, Socket]>()
  let target = 0
  let isAway = false
  let isSilent = false
  let bytes = 0
  let rate = Number.POSITIVE_INFINITY
  let watch: { at: number; reach: () => void } | undefined
  let loseAnswer: (() => boolean) | undefined

  const server = createServer(client => {
    if (isAway) return client.destroy()
    const inner = connect(target, '127.0.0.1')
    const pair = [client, inner] as const
    pairs.add(pair)
    const end = () => {
      pairs.delete(pair)
      client.destroy()
      inner.destroy()
    }
    for (const socket of pair) socket.on('error', end).on('close', end)
    client.on('data', chunk => {
      bytes += chunk.length
      if (isSilent) return
      if (rate !== Number.POSITIVE_INFINITY) {
        inner.write(chunk)
        client.pause()
        setTimeout(() => client.resume(), (chunk.length / rate) * 1000)
      } else if (!inner.write(chunk)) {
        client.pause()
        inner.once('drain', () => client.resume())
      }
      if (watch && bytes >= watch.at) {
        const { reach } = watch
        watch = undefined
        reach()
      }
    })
    inner.on('data', chunk => {
      if (isSilent) return
      if (loseAnswer?.()) return end()
      client.write(chunk)
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo

  const cut = () => {
    for (const [client] of pairs) client.destroy()
  }

  return {
    base: `http://127.0.0.1:${port}`,
    lead(to: number) {
      target = to
    },
    bytes: () => bytes,
    connections: () => pairs.size,
    /** From now on clients send no faster than so many bytes a second on each connection. */
    slow(bytesPerSecond: number) {
      rate = bytesPerSecond
    },
    /** Breaks all that is open; new connections work. */
    cut,
    /** Breaks all that is open, and takes nothing new until `back`. */
    leave() {
      isAway = true
      cut()
    },
    /** Nothing comes through any more, and nobody is told. */
    silence() {
      isSilent = true
    },
    back() {
      isAway = false
      isSilent = false
    },
    /** Resolves when clients have sent that many bytes more. */
    after: (more: number) =>
      new Promise<void>(resolve => {
        watch = { at: bytes + more, reach: resolve }
      }),
    /** The next answers, so many, do not come back: the connection breaks instead. */
    loseAnswers(count: number) {
      let left = count
      loseAnswer = () => left-- > 0
    },
    async close() {
      cut()
      await once(server.close(), 'close')
    }
  }
}

import { once } from 'node:events'
import { createServer } from 'node:net'

/** Below those that a system gives to whoever asks for any: nobody takes one while the process that listens on it is dead. */
const [LOWEST, HIGHEST] = [15_000, 30_000]
let next = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST))

/** A port on which nobody listens, and which no other world of this process is given. */
export async function reservePort(): Promise<number> {
  for (;;) {
    const port = next
    next = next === HIGHEST ? LOWEST : next + 1
    const server = createServer()
    const isFree = await once(server.listen(port, '127.0.0.1'), 'listening').then(
      () => true,
      () => false
    )
    if (!isFree) continue
    await once(server.close(), 'close')
    return port
  }
}

import type { IncomingMessage } from 'node:http'

const LINGER_MS = 3000

/**
 * Lets an answer reach a client that is still sending: closing at once would reset the connection, and the client would
 * never read why. What comes is thrown away; who goes on for longer than three seconds is cut off.
 */
export function drainBriefly(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const cut = () => {
    // Complete by now, the connection may already serve another request.
    if (!request.complete) request.destroy()
  }
  const timer = setTimeout(cut, LINGER_MS).unref()
  request.on('end', () => clearTimeout(timer)).on('error', () => {})
  request.resume()
}

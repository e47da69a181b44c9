import type { IncomingMessage } from 'node:http'

const LINGER_MS = 3000

/**
 * Lets an answer reach a client that is still sending: closing at once would reset the connection, and the client would
 * never read why. What comes is thrown away; who goes on for longer than three seconds is cut off.
 */
export function drainBriefly(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const timer = setTimeout(() => request.destroy(), LINGER_MS)
  request.on('close', () => clearTimeout(timer)).on('end', () => clearTimeout(timer))
  request.on('error', () => {})
  request.resume()
}

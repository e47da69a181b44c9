import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { httpBytes, httpSeconds } from '../lib/metrics.ts'

/** Counts every request by its route's pattern, never by its address. */
export function observeHttp(http: FastifyInstance): void {
  const counted = new WeakMap<Socket, { read: number; written: number }>()
  http.addHook('onResponse', async (request, reply) => {
    const status = `${Math.floor(reply.statusCode / 100)}xx`
    const route = request.routeOptions.url ?? 'none'
    httpSeconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1000)
    const { socket } = request.raw
    // A connection carries many requests: what is new since the last one.
    const last = counted.get(socket) ?? { read: 0, written: 0 }
    const now = { read: socket.bytesRead, written: socket.bytesWritten }
    httpBytes.inc({ direction: 'in' }, Math.max(0, now.read - last.read))
    httpBytes.inc({ direction: 'out' }, Math.max(0, now.written - last.written))
    counted.set(socket, now)
  })
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { Problem } from '../src/http/problem.ts'
import { type DiskStorage, openDisk } from '../src/storage/disk.ts'
import { serveStorage } from '../src/storage/serve.ts'

/** A local store with its addresses served on a free port: what tests and measurements run against. */
export interface ServedDisk {
  readonly disk: DiskStorage
  readonly http: FastifyInstance
  readonly folder: string
  readonly url: string
  close(): Promise<void>
}

/** Uses `folder` and leaves it, or makes a temporary one and removes it. `extend` adds routes before listening. */
export async function openServedDisk(
  folder?: string,
  extend?: (http: FastifyInstance, disk: DiskStorage) => void
): Promise<ServedDisk> {
  const root = folder ?? (await mkdtemp(join(tmpdir(), 'upload24-storage-')))
  const http = fastify({ routerOptions: { maxParamLength: 128 } })
  http.setErrorHandler((error, request, reply) => {
    const known = error instanceof Problem
    const status = known ? error.status : ((error as { statusCode?: number }).statusCode ?? 500)
    const body = { status, code: known ? error.code : 'internal_error', detail: String(error), requestId: request.id }
    return reply.code(status).type('application/problem+json').send(JSON.stringify(body))
  })
  const about = { folder: root, signingKey: Buffer.from('a secret of the tests') }
  // Addresses begin with the port, which is known only once it listens; serving them does not need to know.
  const serving = await openDisk({ ...about, publicUrl: '' })
  await http.register(serveStorage, { disk: serving })
  extend?.(http, serving)
  const url = await http.listen({ port: 0, host: '127.0.0.1' })
  const disk = await openDisk({ ...about, publicUrl: url })
  return {
    disk,
    http,
    folder: root,
    url,
    async close() {
      http.server.closeAllConnections()
      await http.close()
      if (folder === undefined) await rm(root, { recursive: true, force: true })
    }
  }
}

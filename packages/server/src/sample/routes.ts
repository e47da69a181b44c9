import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { parseRange } from '../storage/range.ts'

/** Five seconds, 720 × 1280, H.264 and AAC: what every platform takes. */
const SAMPLE = join(import.meta.dirname, '../../assets/sample.mp4')

/** A video for whoever has none at hand. Browsers play it by ranges. */
export async function sampleRoutes(http: FastifyInstance): Promise<void> {
  const film = await readFile(SAMPLE)
  const tag = `"${createHash('sha256').update(film).digest('base64url').slice(0, 22)}"`
  http.get('/sample.mp4', async ({ headers }, reply) => {
    reply.headers({
      'accept-ranges': 'bytes',
      'cache-control': 'public, max-age=3600',
      'content-type': 'video/mp4',
      etag: tag,
      'x-content-type-options': 'nosniff'
    })
    if (headers['if-none-match'] === tag) return reply.code(304).send()
    const range = parseRange(headers.range, film.length)
    if (range === undefined) return reply.send(film)
    if (range === 'unsatisfiable') {
      return reply.code(416).header('content-range', `bytes */${film.length}`).removeHeader('content-type').send()
    }
    reply.code(206).header('content-range', `bytes ${range.start}-${range.end - 1}/${film.length}`)
    return reply.send(film.subarray(range.start, range.end))
  })
}

import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { passOn, readBody } from '../pass.ts'
import { tellLie } from './answers.ts'
import { appOf, isForm, labelOf, placeOf, tokenOf } from './label.ts'
import type { Registry } from './registry.ts'
import { note } from './story.ts'

/**
 * Stands before the API and everybody's way to it. What is said to the sandbox's platforms is noted in the story that it
 * belongs to, and where that story's plan says so, a lie is told. All else is handed on as it comes.
 */
export async function openLyingWire(target: string, registry: Registry) {
  const broken = Promise.withResolvers<never>()
  // Told through `failed`; nobody may be listening yet.
  broken.promise.catch(() => {})
  const server = createServer((req, res) => {
    handle(req, res).catch(error => {
      res.destroy()
      broken.reject(error)
    })
  })
  server.requestTimeout = 0
  // Longer than any caller keeps a connection: one that closes under a request would be a lie that nobody planned.
  server.keepAliveTimeout = 120_000

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const place = placeOf(req.url ?? '')
    // Browsers' pages are no exchange of a connector.
    if (!place || /authorize|dialog\/oauth|oauth2\/v2\/auth$/.test(place.path)) return passOn(target, req, res)
    const body = isForm(req) ? await readBody(req) : undefined
    const form = new URLSearchParams(body?.toString('utf8') ?? '')
    const token = tokenOf(req, place, form)
    const story = await registry.find({ ...place, token, app: appOf(place, form) })
    if (!story) return passOn(target, req, res, body)
    const one = note(story, {
      label: labelOf(req, place, form),
      method: req.method ?? 'GET',
      bytes: Number(req.headers['content-length'] ?? 0),
      hasToken: token !== undefined,
      isSignIn: /token/.test(place.path)
    })
    if (one.lie === undefined) return passOn(target, req, res, body, status => (one.status = status))
    try {
      const whole = body ?? (one.lie === 'request lost' ? Buffer.alloc(0) : await readBody(req))
      await tellLie(one.lie, { target, req, res, body: whole, story, one, endToken: () => registry.endToken(token) })
    } catch (error) {
      res.destroy()
      // Whoever sends may break off by itself.
      if (req.complete) story.faults.push(`${one.lie}, ${one.label}: ${(error as Error).message}`)
    }
  }

  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    /** Rejects when an exchange could not even be told apart; never resolves. */
    failed: broken.promise,
    base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
    }
  }
}

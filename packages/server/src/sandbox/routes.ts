import { clearSandboxPosts, listSandboxes, readSandboxFaults, sandboxPosts, setSandboxFaults } from '@upload24/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Binding, bind } from '../http/bind.ts'
import { problem } from '../http/problem.ts'
import { faultsOf } from '../http/validation.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { projectOf } from './open.ts'

export function sandboxRoutes(binding: Binding, { connectors, sandboxes }: Platforms): void {
  const find = (platform: string) => {
    const sandbox = sandboxes.get(platform)
    if (!sandbox) throw problem('not_found', 'There is no sandbox of this platform here.')
    return sandbox
  }

  bind(binding, listSandboxes, async ({ caller }) => {
    const there = Object.values(connectors).flatMap(({ id, name }) => {
      const sandbox = sandboxes.get(id)
      return sandbox ? [{ platform: id, name, sandbox }] : []
    })
    const items = there.map(async ({ sandbox, ...named }) => ({
      ...named,
      faults: z.toJSONSchema(sandbox.faultsSchema, { io: 'input' }) as Record<string, unknown>,
      isFaulty: Object.keys((await sandbox.getFaults(projectOf(caller.tenantId))) as object).length > 0
    }))
    return { items: await Promise.all(items) }
  })
  bind(binding, sandboxPosts, async ({ params, caller }) => {
    const posts = await find(params.platform).posts(projectOf(caller.tenantId))
    return { items: posts.map(post => ({ ...post, metadata: post.metadata as Record<string, unknown> })) }
  })
  bind(binding, clearSandboxPosts, async ({ params, caller }) => {
    await find(params.platform).clear(projectOf(caller.tenantId))
    return undefined
  })
  bind(binding, readSandboxFaults, async ({ params, caller }) => {
    return (await find(params.platform).getFaults(projectOf(caller.tenantId))) as Record<string, unknown>
  })
  bind(binding, setSandboxFaults, async ({ params, caller, body }) => {
    const sandbox = find(params.platform)
    try {
      return (await sandbox.setFaults(projectOf(caller.tenantId), body)) as Record<string, unknown>
    } catch (error) {
      if (!(error instanceof z.ZodError)) throw error
      throw problem('validation_failed', 'The faults break a rule.', { errors: faultsOf(error) })
    }
  })

  // A scope of its own: here no body is parsed, the sandbox reads the stream itself.
  binding.http.register(async scope => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    scope.route({
      method: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      url: '/sandbox/:platform/h/*',
      exposeHeadRoute: false,
      // A video is hundreds of requests to ourselves; the deliveries' own journal tells of them.
      logLevel: 'warn',
      bodyLimit: Number.MAX_SAFE_INTEGER,
      handler: async (request: FastifyRequest, reply: FastifyReply) => {
        const sandbox = find((request.params as { platform: string }).platform)
        reply.hijack()
        try {
          await sandbox.handler(request.raw, reply.raw)
        } catch (error) {
          request.log.error({ err: error }, 'the sandbox failed')
          reply.raw.destroy()
        }
      }
    })
  })
}

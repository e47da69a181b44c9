import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { time } from './words.ts'

const params = z.object({ platform: z.string().max(40) })

export const sandboxPosts = endpoint({
  id: 'sandboxPosts',
  method: 'GET',
  path: '/sandbox/{platform}/posts',
  tag: 'Sandbox',
  summary: 'List the posts that the sandbox received from this workspace',
  access: { who: 'bearer', role: 'viewer' },
  params,
  status: 200,
  reply: z.object({
    items: z.array(
      z.object({
        id: z.string(),
        channel: z.string(),
        title: z.string(),
        metadata: z.record(z.string(), z.unknown()),
        bytes: z.int(),
        sha256: z.string(),
        state: z.string(),
        createdAt: time
      })
    )
  }),
  problems: ['not_found']
})

export const clearSandboxPosts = endpoint({
  id: 'clearSandboxPosts',
  method: 'DELETE',
  path: '/sandbox/{platform}/posts',
  tag: 'Sandbox',
  summary: 'Empty the sandbox of this workspace',
  access: { who: 'bearer', role: 'member' },
  params,
  status: 204,
  reply: z.undefined(),
  problems: ['not_found']
})

export const listSandboxes = endpoint({
  id: 'listSandboxes',
  method: 'GET',
  path: '/sandbox',
  tag: 'Sandbox',
  summary: 'List the sandbox platforms and the faults that they can have',
  access: { who: 'bearer', role: 'viewer' },
  status: 200,
  reply: z.object({
    items: z.array(
      z.object({
        platform: z.string(),
        name: z.string(),
        faults: z
          .record(z.string(), z.unknown())
          .meta({ description: 'A JSON Schema of what PUT /sandbox/{platform}/faults takes.' }),
        isFaulty: z.boolean().meta({ description: 'Faults of this workspace are switched on.' })
      })
    )
  }),
  problems: []
})

/** The faults themselves are the platform's own shape; the server checks them against its schema. */
const Faults = z.record(z.string(), z.unknown())

export const readSandboxFaults = endpoint({
  id: 'readSandboxFaults',
  method: 'GET',
  path: '/sandbox/{platform}/faults',
  tag: 'Sandbox',
  summary: 'Read the faults that are switched on',
  access: { who: 'bearer', role: 'viewer' },
  params,
  status: 200,
  reply: Faults,
  problems: ['not_found']
})

export const setSandboxFaults = endpoint({
  id: 'setSandboxFaults',
  method: 'PUT',
  path: '/sandbox/{platform}/faults',
  tag: 'Sandbox',
  summary: 'Switch faults on and off',
  description: 'Replaces all faults of this workspace; an empty object switches them off.',
  access: { who: 'bearer', role: 'member' },
  params,
  body: Faults,
  status: 200,
  reply: Faults,
  problems: ['validation_failed', 'not_found']
})

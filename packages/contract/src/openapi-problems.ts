import type { Access, Endpoint } from './endpoint.ts'
import { type Components, ref, type Schema } from './openapi-schemas.ts'
import { type ProblemCode, problems } from './problems.ts'

const codes = Object.keys(problems) as ProblemCode[]

/** Every problem that the endpoint can answer with: its own, and those of its credential, body and headers. In the order of the list. */
export function problemsOf(endpoint: Endpoint): ProblemCode[] {
  const has = new Set<ProblemCode>([...endpoint.problems, ...problemsOfAccess(endpoint.access), 'internal_error'])
  if (endpoint.params) has.add('not_found')
  if (endpoint.query) has.add('validation_failed')
  if (endpoint.form) has.add('malformed_form')
  else if (endpoint.body) has.add('malformed_json')
  if (endpoint.body)
    for (const code of ['too_large', 'unsupported_media_type', 'validation_failed'] as const) has.add(code)
  if (endpoint.idempotency) {
    for (const code of ['bad_request', 'idempotency_in_progress', 'idempotency_key_reused'] as const) has.add(code)
  }
  return codes.filter(code => has.has(code))
}

function problemsOfAccess(access: Access): ProblemCode[] {
  if (access.who === 'anyone') return []
  return [
    'bad_request',
    'unauthorized',
    'invalid_token',
    'malformed_api_key',
    ...(access.who === 'bearer' ? (['bearer_required'] as const) : (['invalid_api_key', 'scope_missing'] as const)),
    ...(access.role === 'viewer' ? [] : (['role_missing'] as const))
  ]
}

/** One response for each status, its `code` narrowed to what can come with it. */
export function problemResponses(endpoint: Endpoint): Schema {
  const byStatus = Map.groupBy(problemsOf(endpoint), code => problems[code][0])
  return Object.fromEntries([...byStatus].map(([status, known]) => [String(status), response(status, known)]))
}

function response(status: number, known: readonly ProblemCode[]): Schema {
  return {
    description: known.map(code => `\`${code}\`: ${problems[code][1]}.`).join(' '),
    headers: {
      'X-Request-Id': header('RequestId'),
      ...(status === 401 ? { 'WWW-Authenticate': header('Authenticate') } : {}),
      ...(status === 429 ? { 'Retry-After': header('RetryAfter') } : {})
    },
    content: {
      'application/problem+json': {
        schema: { allOf: [ref('Problem'), { type: 'object', properties: { code: { enum: known } } }] }
      }
    }
  }
}

export const header = (name: string): Schema => ({ $ref: `#/components/headers/${name}` })

export function addProblem(components: Components, publicUrl: string): void {
  components.Problem = {
    type: 'object',
    title: 'Problem',
    description: 'RFC 9457. Compare `code`, show `detail`.',
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
    properties: {
      type: { type: 'string', format: 'uri', examples: [`${publicUrl}/docs/errors#validation_failed`] },
      title: { type: 'string' },
      status: { type: 'integer', enum: [...new Set(codes.map(code => problems[code][0]))].sort() },
      detail: { type: 'string', description: 'What to do, in words for a reader.' },
      code: { type: 'string', enum: codes, description: 'A stable word from a closed list.' },
      requestId: { type: 'string', description: 'Also in X-Request-Id. Quote it when you ask for help.' },
      errors: { type: 'array', items: ref('Fault'), description: 'Every fault of the request, all at once.' }
    },
    examples: [
      {
        type: `${publicUrl}/docs/errors#validation_failed`,
        title: problems.validation_failed[1],
        status: 422,
        detail: 'One rule is broken; nothing was done. See errors.',
        code: 'validation_failed',
        requestId: 'req_019a9d5ae5c37b3d8a9a8b1b3e0d1f2a',
        errors: [{ path: 'title', code: 'required', message: 'is required' }]
      }
    ]
  }
  components.Fault = {
    type: 'object',
    required: ['path', 'code', 'message'],
    properties: {
      path: { type: 'string', examples: ['accounts[1]'] },
      code: { type: 'string', examples: ['too_big'] },
      message: { type: 'string' },
      limit: { type: ['number', 'string'], description: 'What the rule allows.' },
      measured: { type: ['number', 'string'], description: 'What was sent.' },
      isMendable: { type: 'boolean', description: 'Encoding the video anew would mend it.' },
      accountId: { type: 'string', description: 'The target that it concerns.' },
      platform: { type: 'string' }
    }
  }
}

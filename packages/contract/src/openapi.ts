import type { z } from 'zod'
import type { Endpoint } from './endpoint.ts'
import { addProblem, header, problemResponses } from './openapi-problems.ts'
import {
  addPlatforms,
  type Components,
  inputSchema,
  type PlatformOptions,
  replySchema,
  type Schema,
  withPlatforms
} from './openapi-schemas.ts'
import { UploadStatus } from './status.ts'

export interface OpenApiAbout {
  readonly platforms: readonly PlatformOptions[]
  /** No slash at the end. */
  readonly publicUrl: string
}

const tags: Readonly<Record<string, string>> = {
  'API keys': 'Keys for machines. Managed by a signed-in user, never by a key.',
  Uploads: 'One video, published once on every account that it names.',
  Accounts: 'Platforms, and the accounts of them that the workspace has linked.',
  Sandbox: 'Practice copies of the platforms: what they received, and faults to switch on.',
  People: 'Users, their sessions, and the members of a workspace.'
}

/** The OpenAPI 3.1 document of the endpoints. Pure: the server adds what it knows, its platforms and its address. */
export function openApi(endpoints: readonly Endpoint[], { platforms, publicUrl }: OpenApiAbout): Schema {
  const schemas: Components = {}
  addProblem(schemas, publicUrl)
  addPlatforms(platforms, schemas)
  const paths: Record<string, Schema> = {}
  for (const endpoint of endpoints) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: operation(endpoint, platforms, schemas)
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Upload24',
      version: '1',
      summary: 'One video in, published once on every account.',
      description: overview(publicUrl)
    },
    servers: [{ url: publicUrl }],
    externalDocs: { url: `${publicUrl}/docs`, description: 'The guide' },
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: { schemas, headers, parameters, securitySchemes }
  }
}

function operation(endpoint: Endpoint, platforms: readonly PlatformOptions[], schemas: Components): Schema {
  const { access } = endpoint
  const notes = [
    endpoint.description,
    access.who === 'anyone' ? undefined : `Role of a user: at least \`${access.role}\`.`,
    access.who === 'bearer or key' ? `Scope of a key: \`${access.scope}\`.` : undefined
  ]
  const found = [
    ...fieldsOf(endpoint.params, 'path', schemas),
    ...fieldsOf(endpoint.query, 'query', schemas),
    ...(endpoint.idempotency ? [{ $ref: '#/components/parameters/IdempotencyKey' }] : []),
    ...(endpoint.stream ? [{ $ref: '#/components/parameters/LastEventId' }] : [])
  ]
  return {
    operationId: endpoint.id,
    tags: [endpoint.tag],
    summary: endpoint.summary,
    description: notes.filter(note => note !== undefined).join('\n\n'),
    security: securityOf(endpoint),
    ...(found.length > 0 ? { parameters: found } : {}),
    ...(endpoint.body ? { requestBody: requestBody(endpoint, endpoint.body, platforms, schemas) } : {}),
    responses: { ...successes(endpoint, schemas), ...problemResponses(endpoint) }
  }
}

function securityOf({ access }: Endpoint): Schema[] {
  if (access.who === 'anyone') return []
  return access.who === 'bearer' ? [{ bearer: [] }] : [{ apiKey: [] }, { bearer: [] }]
}

function fieldsOf(schema: z.ZodType | undefined, place: 'path' | 'query', schemas: Components): Schema[] {
  if (!schema) return []
  const { properties, required = [] } = inputSchema(schema, schemas)
  return Object.entries(properties as Components).map(([name, { description, ...field }]) => ({
    name,
    in: place,
    required: place === 'path' || (required as string[]).includes(name),
    ...(description === undefined ? {} : { description }),
    schema: field
  }))
}

function requestBody(
  endpoint: Endpoint,
  body: z.ZodType,
  platforms: readonly PlatformOptions[],
  schemas: Components
): Schema {
  const own = inputSchema(body, schemas)
  const schema = endpoint.platformOptions ? withPlatforms(own, platforms) : own
  if (!endpoint.form) return { required: true, content: { 'application/json': { schema } } }
  const file = { type: 'string', format: 'binary', description: endpoint.form.file }
  const form = {
    ...schema,
    properties: { ...(schema.properties as Components), file },
    required: [...((schema.required as string[] | undefined) ?? []), 'file']
  }
  const hasAccounts = 'accounts' in form.properties
  const description = hasAccounts
    ? '`accounts` may repeat, be a JSON array or comma-separated. An object is a JSON string, or bracketed fields. Fields may come before or after the file.'
    : 'One file, in the field `file`.'
  const encoding = {
    ...(hasAccounts ? { accounts: { style: 'form', explode: true } } : {}),
    file: { contentType: endpoint.form.types }
  }
  return { required: true, description, content: { 'multipart/form-data': { schema: form, encoding } } }
}

function successes(endpoint: Endpoint, schemas: Components): Schema {
  const makesUpload = endpoint.reply === UploadStatus && endpoint.status === 201
  const limited = endpoint.problems.includes('rate_limited')
  const response = {
    description: endpoint.status === 204 ? 'Done.' : endpoint.summary,
    headers: {
      'X-Request-Id': header('RequestId'),
      ...(makesUpload ? { Location: header('Location') } : {}),
      ...(limited ? { RateLimit: header('RateLimit'), 'RateLimit-Policy': header('RateLimitPolicy') } : {})
    }
  }
  const type = endpoint.stream ? 'text/event-stream' : 'application/json'
  const content = hasBody(endpoint) ? { content: { [type]: { schema: replySchema(endpoint.reply, schemas) } } } : {}
  // Completing a session again shows the upload that the first time made.
  const isRepeatable = makesUpload && !endpoint.form
  return {
    [endpoint.status]: { ...response, ...content },
    ...(isRepeatable ? { 200: { ...response, description: 'It was complete before.', ...content } } : {})
  }
}

const hasBody = ({ reply }: Endpoint): boolean => !reply.safeParse(undefined).success

const text = (description: string, example?: string): Schema => ({
  description,
  schema: { type: 'string', ...(example === undefined ? {} : { examples: [example] }) }
})

const headers = {
  RequestId: text('Names this request in our log.', 'req_019a9d5ae5c37b3d8a9a8b1b3e0d1f2a'),
  Location: text('The status of the upload.', '/api/upload/upload_01kantnxs3f7nbapt8gwfv1t3v/status'),
  Authenticate: text('The credentials that are taken here.'),
  RetryAfter: { description: 'Seconds until a new try makes sense.', schema: { type: 'integer' } },
  RateLimit: text('What is left of each limit: `r` requests for `t` seconds.', '"person";r=19;t=60'),
  RateLimitPolicy: text('Each limit: `q` requests in `w` seconds.', '"person";q=20;w=60')
}

const parameters = {
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    required: false,
    description: 'The last `id` that was read: the stream goes on after it.',
    schema: { type: 'string', maxLength: 10_000 }
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    required: false,
    description:
      'Quoted or bare. The same key with the same request within 24 hours gets the first answer; with another request 422 `idempotency_key_reused`; while the first one runs, 409.',
    schema: { type: 'string', minLength: 1, maxLength: 257, examples: ['8e03978e-40d5-43dd-bc93-6894a57f9324'] }
  }
}

const securitySchemes = {
  apiKey: { type: 'apiKey', in: 'header', name: 'X-Api-Key', description: 'The whole key, and nothing else.' },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'The `accessToken` of sign-in; it lives for 15 minutes.'
  }
}

const overview = (
  publicUrl: string
) => `One video goes in; it is published exactly once on every linked account that the upload names.

Bytes travel in one of three ways: a form, a single presigned PUT, or presigned parts. A presigned \`uploadUrl\` is an address of the
object store and takes no credential: \`PUT\` exactly the announced bytes there with the \`headers\` of the answer (a part needs none), before
\`expiresAt\`. Its answer carries an \`ETag\`, which \`complete\` wants for each part.

Every response carries \`X-Request-Id\`. Bodies are strict: an unknown field is 422. Errors are RFC 9457 problem documents whose \`code\` comes
from one closed list: ${publicUrl}/docs/errors`

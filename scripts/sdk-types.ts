import { type Endpoint, endpoints, eventTypes, problems, statuses } from '@upload24/contract'
import { z } from 'zod'

/**
 * `contract.d.ts` of the published SDK: what `packages/sdk/src/contract.ts` derives from the schemas, written out, so that a
 * customer needs neither the contract nor zod. A test holds both against each other.
 */
export function writeTypes(): string {
  const named = new Map<string, string>()
  const routes = endpoints.map(endpoint => writeRoute(endpoint, named))
  const definitions = [...named].map(([name, type]) => `export type ${name} = ${type}`)
  return [
    ...definitions,
    `export type Routes = {\n${routes.join('\n')}\n}`,
    `export type Kind = 'plain' | 'keyed' | 'open' | 'form' | 'stream'`,
    `export type Input<R extends keyof Routes> = Routes[R]['input']`,
    `export type Reply<R extends keyof Routes> = Routes[R]['reply']`,
    `export type Event = Reply<'GET /events'>`,
    `export type EventType = ${oneOf(eventTypes)}`,
    `export type PublicStatus = ${oneOf(statuses)}`,
    `export type ProblemCode = ${oneOf(Object.keys(problems))}`,
    FAULT
  ].join('\n\n')
}

const FAULT = `/** One faulty field: \`path\` in the reader's notation, as \`accounts[1]\`. */
export interface Fault {
  readonly path: string
  readonly code: string
  readonly message: string
  /** What the rule compares: the limit and what was measured, where there are such. */
  readonly limit?: number | string
  readonly measured?: number | string
  /** Encoding the video anew would mend it. */
  readonly isMendable?: boolean
  /** Which target it concerns, where it concerns one. */
  readonly accountId?: string
  readonly platform?: string
}
`

interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly not?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly prefixItems?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
}

type Named = Map<string, string>

function writeRoute(endpoint: Endpoint, named: Named): string {
  const { method, path, summary, description, reply } = endpoint
  const told = [`${summary}.`, description].filter(Boolean).join(' ')
  const isEmpty = (reply as unknown as { def: { type: string } }).def.type === 'undefined'
  return [
    `  /** ${comment(told)} */`,
    `  readonly '${method} ${path}': {`,
    `    readonly kind: '${kindOf(endpoint)}'`,
    `    readonly input: ${writeInput(endpoint, named)}`,
    `    readonly reply: ${isEmpty ? 'undefined' : write(read(reply, 'output', named), named)}`,
    `    readonly platformOptions: ${endpoint.platformOptions === true}`,
    '  }'
  ].join('\n')
}

function kindOf({ form, stream, access, idempotency }: Endpoint): string {
  if (form) return 'form'
  if (stream) return 'stream'
  if (access.who === 'anyone') return 'open'
  return idempotency === undefined ? 'plain' : 'keyed'
}

/** Params, query and body in one; a body of several shapes makes as many inputs. */
function writeInput({ params, query, body, form, method, platformOptions }: Endpoint, named: Named): string {
  const [inPath, inQuery, inBody] = [params, query, body].map(part => (part ? read(part, 'input', named) : {}))
  const isPatch = method === 'PATCH' && platformOptions === true
  const file: Schema = form
    ? { properties: { file: { $ref: '#/Blob' }, fileName: { type: 'string' } }, required: ['file'] }
    : {}
  const bodies = inBody?.anyOf ?? inBody?.oneOf ?? [inBody ?? {}]
  const inputs = bodies.map(each => {
    const parts = [inPath ?? {}, inQuery ?? {}, isPatch ? nullable(each) : each, file]
    return write(
      {
        type: 'object',
        properties: Object.assign({}, ...parts.map(part => part.properties)),
        required: parts.flatMap(part => part.required ?? []),
        ...(each.additionalProperties === undefined ? {} : { additionalProperties: each.additionalProperties })
      },
      named
    )
  })
  return inputs.join(' | ')
}

/** A merge patch takes a field away with null. */
const nullable = (schema: Schema): Schema => ({
  ...schema,
  properties: Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, each]) => [
      name,
      { anyOf: [each, { type: 'null' }], ...(each.description ? { description: each.description } : {}) }
    ])
  )
})

function read(schema: z.ZodType, io: 'input' | 'output', named: Named): Schema {
  const made = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Schema
  for (const [name, each] of Object.entries(made.$defs ?? {})) {
    if (!named.has(name)) named.set(name, write(each, named))
  }
  return made
}

function write(schema: Schema, named: Named): string {
  const { type, anyOf, oneOf: oneOfThem, items, prefixItems } = schema
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) as string
  if (schema.enum) return oneOf(schema.enum)
  if (schema.const !== undefined) return oneOf([schema.const])
  const either = anyOf ?? oneOfThem
  if (either) return either.map(each => write(each, named)).join(' | ')
  if (prefixItems) return `[${prefixItems.map(each => write(each, named)).join(', ')}]`
  if (type === 'array') return `(${write(items ?? {}, named)})[]`
  if (type === 'object') return writeObject(schema, named)
  return [type ?? 'unknown']
    .flat()
    .map(each => (each === 'integer' ? 'number' : each))
    .join(' | ')
}

function writeObject({ properties = {}, required = [], additionalProperties }: Schema, named: Named): string {
  // What may not be there at all has no place in a type that lists what may.
  const possible = Object.entries(properties).filter(([, each]) => each.not === undefined)
  const fields = possible.map(([name, each]) => {
    const told = each.description === undefined ? '' : `/** ${comment(each.description)} */ `
    const isRequired = required.includes(name)
    return `${told}${name}${isRequired ? '' : '?'}: ${write(each, named)}${isRequired ? '' : ' | undefined'}`
  })
  if (typeof additionalProperties === 'object') fields.push(`[name: string]: ${write(additionalProperties, named)}`)
  return fields.length === 0 ? '{}' : `{ ${fields.join('; ')} }`
}

const oneOf = (values: readonly unknown[]) =>
  values.map(value => JSON.stringify(value).replaceAll('"', "'")).join(' | ')

const comment = (text: string) => text.replaceAll('*/', '* /')

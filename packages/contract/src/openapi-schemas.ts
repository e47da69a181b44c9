import { z } from 'zod'

/** JSON Schema, draft 2020-12. */
export type Schema = { [keyword: string]: unknown }

export type Components = Record<string, Schema>

/** What is sent in: fields with a default may be left out, and nothing unknown is read. */
export function inputSchema(schema: z.ZodType, components: Components): Schema {
  return convert(schema, 'input', components)
}

/** What is answered. New members may come: a reader must not fail on them. */
export function replySchema(schema: z.ZodType, components: Components): Schema {
  return convert(schema, 'output', components)
}

/** Schemas that carry an id become components; the schema refers to them. */
function convert(schema: z.ZodType, io: 'input' | 'output', components: Components): Schema {
  const { $schema, $defs, ...converted } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => tidy(jsonSchema as Schema, io)
  }) as Schema
  for (const [name, definition] of Object.entries(($defs ?? {}) as Components)) components[name] = pointed(definition)
  return pointed(converted)
}

/** Leaves out what says nothing: zod's own pattern of a date, the range of exact numbers, that names are strings. */
function tidy(schema: Schema, io: 'input' | 'output'): void {
  if (schema.format === 'date-time') delete schema.pattern
  if (schema.minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum
  if (schema.maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum
  if (JSON.stringify(schema.propertyNames) === '{"type":"string"}') delete schema.propertyNames
  if (io === 'output' && schema.additionalProperties === false) delete schema.additionalProperties
}

const pointed = (schema: Schema): Schema =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/$defs/', '"#/components/schemas/')) as Schema

export interface PlatformOptions {
  readonly id: string
  readonly name: string
  /** JSON Schema of the platform's options as they are sent. */
  readonly options: Schema
}

/** `YoutubeOptions`, and `YoutubeAccountOptions`: what an account's override may hold, where nothing is required. */
export function addPlatforms(platforms: readonly PlatformOptions[], components: Components): void {
  for (const { id, name, options } of platforms) {
    const { $schema, required, ...schema } = options
    const example = exampleOf(options)
    components[nameOf(id)] = {
      ...schema,
      title: `${name} options`,
      ...(required === undefined ? {} : { required }),
      ...(example === undefined ? {} : { examples: [example] })
    }
    components[overrideOf(id)] = {
      type: 'object',
      title: `${name} options of one account`,
      description: 'Merged over the rest of the upload, for this account alone.',
      properties: {
        title: { type: 'string', title: 'Title', minLength: 1, maxLength: 2200 },
        description: { type: 'string', title: 'Description' },
        ...(schema.properties as Components)
      },
      additionalProperties: false,
      examples: [{ title: 'Another title for this account', ...example }]
    }
  }
}

/** The body of an upload with the fields that platforms add to it. */
export function withPlatforms(body: Schema, platforms: readonly PlatformOptions[]): Schema {
  const { accountOptions, ...fields } = body.properties as Components
  const overrides = platforms.map(({ id }) => ref(overrideOf(id)))
  return {
    ...body,
    properties: {
      ...fields,
      ...Object.fromEntries(platforms.map(({ id }) => [id, ref(nameOf(id))])),
      accountOptions: {
        ...accountOptions,
        additionalProperties: overrides.length === 1 ? overrides[0] : { anyOf: overrides }
      }
    }
  }
}

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` })

const pascal = (id: string) => id.replace(/(?:^|[-_])(\w)/g, (_, letter: string) => letter.toUpperCase())
const nameOf = (id: string) => `${pascal(id)}Options`
const overrideOf = (id: string) => `${pascal(id)}AccountOptions`

/** The required fields at their examples, or the first that has one where none is required; undefined when there is nothing to show. */
function exampleOf({ properties, required = [] }: Schema): Schema | undefined {
  const fields = properties as Record<string, { examples?: unknown[] }> | undefined
  const names = required as string[]
  const optional = Object.keys(fields ?? {}).filter(name => fields?.[name]?.examples?.length)
  const shown = names.length > 0 ? names : optional.slice(0, 1)
  const entries = shown.map(name => [name, fields?.[name]?.examples?.[0]] as const)
  return entries.length === 0 || entries.some(([, value]) => value === undefined)
    ? undefined
    : Object.fromEntries(entries)
}

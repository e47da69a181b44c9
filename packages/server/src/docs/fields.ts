import type { Schema } from '@upload24/contract'
import { escapeHtml } from '../lib/html.ts'
import { prose } from './html.ts'
import { wrapTable } from './markdown.ts'

type Named = Readonly<Record<string, Schema>>

/** Finds what a reference of the OpenAPI document leads to. */
export type Follow = (schema: Schema) => Schema

/** The fields of an object, those of inner objects by their path, with the rules that a schema can tell. */
export function fieldTable(schema: Schema, follow: Follow, isAnswer = false): string {
  const rows = rowsOf(schema, follow, '').map(
    ({ path, schema: field, isRequired }) =>
      `<tr><td><code>${escapeHtml(path)}</code></td><td>${typeOf(field, follow)}${isRequired && !isAnswer ? ', required' : ''}</td><td>${field.$ref ? sentence(follow(field).title) : isAnswer ? meaningOf(field) : rulesOf(field)}</td></tr>`
  )
  if (rows.length === 0) return ''
  return wrapTable(
    `<thead><tr><th>Field</th><th>Type</th><th>${isAnswer ? 'Meaning' : 'Rule'}</th></tr></thead>\n<tbody>${rows.join('\n')}</tbody>`,
    'fields'
  )
}

interface Row {
  readonly path: string
  readonly schema: Schema
  readonly isRequired: boolean
}

function rowsOf(given: Schema, follow: Follow, prefix: string): Row[] {
  const schema = follow(given)
  const properties = (schema.properties ?? {}) as Named
  const required = (schema.required ?? []) as string[]
  return Object.entries(properties).flatMap(([name, field]): Row[] => {
    const path = `${prefix}${name}`
    const row = { path, schema: field, isRequired: required.includes(name) }
    // The options of a platform have a table of their own.
    if (field.$ref !== undefined) return [row]
    const inner = field.type === 'array' ? follow((field.items ?? {}) as Schema) : field
    return [row, ...(inner.properties ? rowsOf(inner, follow, `${path}${field.type === 'array' ? '[]' : ''}.`) : [])]
  })
}

function typeOf(schema: Schema, follow: Follow): string {
  if (schema.$ref !== undefined) {
    const name = String(schema.$ref).split('/').at(-1) as string
    return `<a href="/docs/reference#shape-${name.toLowerCase()}">${name}</a>`
  }
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as Schema[]).map(each => typeOf(each, follow)).join(' or ')
  if (schema.const !== undefined) return `<code>${escapeHtml(JSON.stringify(schema.const))}</code>`
  const values = schema.additionalProperties as Schema | undefined
  if (values?.$ref ?? values?.anyOf) return `by id: ${typeOf(values as Schema, follow)}`
  if (schema.type === 'array') return `list of ${typeOf((schema.items ?? {}) as Schema, follow)}`
  if (schema.format === 'date-time') return 'time'
  if (schema.format === 'binary') return 'file'
  return escapeHtml([schema.type ?? 'any'].flat().join(' or '))
}

/** Of an answer it is enough to know what may come. */
function meaningOf(schema: Schema): string {
  const example = schema.format === 'date-time' ? '' : exampleOf(schema)
  return [sentence(schema.description), enumOf(schema), example].filter(Boolean).join(' ')
}

function rulesOf(schema: Schema): string {
  const says = [
    sentence(schema.description ?? schema.title),
    enumOf(schema),
    membersOf(schema),
    range('characters', schema.minLength, schema.maxLength),
    range('entries', schema.minItems, schema.maxItems),
    range('', schema.minimum, schema.maximum),
    schema.default === undefined ? '' : `Default: <code>${escapeHtml(JSON.stringify(schema.default))}</code>.`,
    exampleOf(schema)
  ]
  return says.filter(Boolean).join(' ')
}

const sentence = (text: unknown): string => (text === undefined ? '' : prose(String(text)).replace(/[^.!?:]$/, '$&.'))

function enumOf(schema: Schema): string {
  if (Array.isArray(schema.enum)) return `One of ${choicesOf(schema)}.`
  const items = schema.items as Schema | undefined
  return Array.isArray(items?.enum) ? `Of ${choicesOf(items as Schema)}.` : ''
}

/** One object or a list of such: what is in it, without a row for each. */
function membersOf({ anyOf }: Schema): string {
  const [one] = (anyOf ?? []) as Schema[]
  const members = Object.entries((one?.properties ?? {}) as Named).map(([name, member]) => {
    const limits = member.default === undefined ? range('', member.minimum, member.maximum).replace(/\.$/, '') : ''
    return `<code>${escapeHtml(name)}</code>${limits && ` (${limits.toLowerCase()})`}`
  })
  return members.length > 0 ? `Members: ${members.join(', ')}.` : ''
}

/** An enum may carry what its words stand for. */
function choicesOf({ enum: choices, labels }: Schema): string {
  const named = (labels ?? {}) as Record<string, string>
  return (choices as unknown[])
    .map(choice => {
      const label = named[String(choice)]
      return `<code>${escapeHtml(String(choice))}</code>${label ? ` ${escapeHtml(label)}` : ''}`
    })
    .join(', ')
}

function range(unit: string, min: unknown, max: unknown): string {
  const [from, to] = [min, max].map(bound => (bound === undefined ? undefined : Number(bound).toLocaleString('en-GB')))
  const of = unit && ` ${unit}`
  if (from !== undefined && to !== undefined) return `${from} to ${to}${of}.`
  if (to !== undefined) return `At most ${to}${of}.`
  return from === undefined || from === '0'
    ? ''
    : `At least ${from}${from === '1' ? of.replace(/ies$/, 'y').replace(/s$/, '') : of}.`
}

function exampleOf({ examples }: Schema): string {
  const example = (examples as unknown[] | undefined)?.[0]
  return example === undefined ? '' : `Example: <code>${escapeHtml(JSON.stringify(example))}</code>.`
}

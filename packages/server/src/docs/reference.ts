import { type Endpoint, type endpoints, problems, problemsOf, type Schema } from '@upload24/contract'
import { escapeHtml } from '../lib/html.ts'
import { type Follow, fieldTable } from './fields.ts'
import { prose, slugOf } from './html.ts'
import type { Page } from './layout.ts'

/** Every endpoint, as the OpenAPI document describes it. */
export function referencePage(all: typeof endpoints, document: Schema): Page {
  const follow = follower(document)
  const tags = (document.tags as { name: string; description: string }[]).map(({ name, description }) => ({
    name,
    description,
    endpoints: all.filter(endpoint => endpoint.tag === name)
  }))
  const sections = tags.flatMap(({ name, endpoints }) => [
    { id: slugOf(name), title: name, isGroup: true },
    ...endpoints.map(({ id, summary }) => ({ id: id.toLowerCase(), title: summary }))
  ])
  const groups = tags.map(
    ({ name, description, endpoints }) =>
      `<h2 id="${slugOf(name)}"><a class="anchor" href="#${slugOf(name)}">${escapeHtml(name)}</a></h2>
<p>${prose(description)}</p>
${endpoints.map(endpoint => operation(endpoint, document, follow)).join('\n')}`
  )
  const schemas = sharedSchemas(document)
  return {
    path: '/docs/reference',
    title: 'Reference',
    sections: [...sections, { id: 'shapes', title: 'Shapes', isGroup: true }],
    html: `<h1>Reference</h1>
<p>Every endpoint, generated from the same description that checks each request and each answer. For machines: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
${groups.join('\n')}
<h2 id="shapes"><a class="anchor" href="#shapes">Shapes</a></h2>
${schemas.map(([name, schema]) => shape(name, schema, follow)).join('\n')}
`
  }
}

function operation(endpoint: Endpoint, document: Schema, follow: Follow): string {
  const { id, method, path, summary, description } = endpoint
  const operation = at(document, 'paths', path, method.toLowerCase())
  const parameters = ((operation.parameters ?? []) as Schema[]).filter(({ $ref }) => $ref === undefined)
  const [mediaType, body] = contentOf(operation.requestBody as Schema | undefined)
  const [, reply] = contentOf(at(operation, 'responses', String(endpoint.status)))
  return `<section class="op">
<h3 id="${id.toLowerCase()}"><a class="anchor" href="#${id.toLowerCase()}">${escapeHtml(summary)}</a></h3>
<p><span class="verb">${method}</span> <span class="path">${escapeHtml(path)}</span></p>
${description ? `<p>${prose(description)}</p>` : ''}
<dl class="facts">${[
    fact('Auth', credentials(endpoint)),
    fact('Request', mediaType ?? 'No body'),
    endpoint.idempotency ? fact('Repeating', 'Honours <code>Idempotency-Key</code>') : ''
  ].join('')}</dl>
${parameters.length > 0 ? `<h4>${parameters[0]?.in === 'path' ? 'In the path' : 'In the query'}</h4>\n${fieldTable(objectOf(parameters), follow)}` : ''}
${body ? titled('Body', tables(body, follow)) : ''}
<h4>Answer ${endpoint.status}</h4>
${answer(reply, follow)}
<h4>Problems</h4>
<ul class="codes">${problemsOf(endpoint)
    .map(code => `<li>${problems[code][0]} <a href="/docs/errors#${code}"><code>${code}</code></a></li>`)
    .join('')}</ul>
</section>`
}

function answer(reply: Schema | undefined, follow: Follow): string {
  if (reply === undefined) return '<p>No body.</p>'
  if (reply.$ref !== undefined) {
    const name = String(reply.$ref).split('/').at(-1) as string
    return `<p><a href="#shape-${name.toLowerCase()}">${name}</a></p>`
  }
  return tables(reply, follow, true) || '<p>An object.</p>'
}

/** One table, or one for each of the forms that it may have. */
function tables(schema: Schema, follow: Follow, isAnswer = false): string {
  const forms = (schema.anyOf ?? schema.oneOf ?? [schema]) as Schema[]
  return forms.map(each => fieldTable(each, follow, isAnswer)).join('<p>or</p>\n')
}

function credentials({ access }: Endpoint): string {
  if (access.who === 'anyone') return 'None'
  const bearer = `Bearer JWT (role <code>${access.role}</code> or above)`
  return access.who === 'bearer' ? `${bearer} only` : `X-Api-Key (scope <code>${access.scope}</code>) or ${bearer}`
}

const fact = (name: string, value: string) => `<dt>${name}</dt><dd>${value}</dd>`
const titled = (title: string, table: string) => (table ? `<h4>${title}</h4>\n${table}` : '')

function shape(name: string, schema: Schema, follow: Follow): string {
  const note = schema.description === undefined ? '' : `<p>${prose(String(schema.description))}</p>`
  return `<h3 id="shape-${name.toLowerCase()}"><a class="anchor" href="#shape-${name.toLowerCase()}">${name}</a></h3>
${note}${fieldTable(schema, follow)}`
}

const sharedSchemas = (document: Schema) => Object.entries(at(document, 'components', 'schemas')) as [string, Schema][]

/** Parameters as the fields of one object. */
const objectOf = (parameters: readonly Schema[]): Schema => ({
  properties: Object.fromEntries(
    parameters.map(({ name, description, schema }) => [
      name,
      { ...(schema as Schema), ...(description === undefined ? {} : { description }) }
    ])
  ),
  required: parameters.filter(({ required }) => required).map(({ name }) => name)
})

function contentOf(holder: Schema | undefined): [mediaType?: string, schema?: Schema] {
  const [found] = Object.entries((holder?.content ?? {}) as Record<string, { schema: Schema }>)
  return found ? [found[0], found[1].schema] : []
}

const at = (from: Schema, ...path: string[]): Schema => path.reduce<Schema>((here, name) => here[name] as Schema, from)

export const follower =
  (document: Schema): Follow =>
  schema =>
    schema.$ref === undefined ? schema : at(document, ...String(schema.$ref).slice(2).split('/'))

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Endpoint, endpoints } from '@upload24/contract'
import type { z } from 'zod'
import { type Route, routes } from './routes.ts'

const table = Object.values(routes).flatMap(group => Object.values(group) as Route[])
const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`

function kindOf({ form, stream, access, idempotency }: Endpoint): Route['kind'] {
  if (form) return 'form'
  if (stream) return 'stream'
  if (access.who === 'anyone') return 'open'
  return idempotency === undefined ? 'plain' : 'keyed'
}

test('every endpoint of the contract has one method, and is asked as the contract says', () => {
  const declared = endpoints.filter(each => !each.stream).map(each => `${nameOf(each)} ${kindOf(each)}`)
  assert.deepEqual(table.map(({ route, kind }) => `${route} ${kind}`).sort(), declared.sort())
})

test('only what does no more when it is repeated is repeated', () => {
  const repeated = table.filter(({ isRepeatable }) => isRepeatable)
  for (const { route, kind } of repeated) {
    const isNamed = /\/(resume|abort|check|dismiss)$/.test(route)
    assert.ok(/^(GET|PUT) /.test(route) || kind === 'keyed' || kind === 'form' || isNamed, route)
  }
})

test('path, query and body of an endpoint have no field in common, so that one input serves for all', () => {
  for (const endpoint of endpoints) {
    const names = [endpoint.params, endpoint.query, endpoint.body].flatMap(fieldsOf)
    assert.equal(new Set(names).size, names.length, `${endpoint.id}: ${names.join(', ')}`)
    // The rest of the input goes either way, by the method.
    const hasBody = endpoint.method !== 'GET' && endpoint.method !== 'DELETE'
    assert.ok(hasBody ? !endpoint.query : !endpoint.body, `${endpoint.id} has a query and a body`)
    const placeholders = [...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    assert.deepEqual(fieldsOf(endpoint.params).sort(), placeholders.sort(), endpoint.id)
  }
})

function fieldsOf(schema: z.ZodType | undefined): string[] {
  const { def } = (schema ?? {}) as unknown as { def?: { shape?: object; options?: z.ZodType[] } }
  if (def?.options) return [...new Set(def.options.flatMap(fieldsOf))]
  return Object.keys(def?.shape ?? {})
}

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import * as contract from './index.ts'
import { endpoints, openApi, problems, problemsOf } from './index.ts'
import type { Schema } from './openapi-schemas.ts'

const options = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { board: { type: 'string', examples: ['b1'] }, note: { type: 'string' } },
  required: ['board'],
  additionalProperties: false
}
const platforms = [
  { id: 'first', name: 'First', options },
  { id: 'second', name: 'Second', options }
]
const document = openApi(endpoints, { platforms, publicUrl: 'https://upload.example.com' })

/** Follows members, through any reference. */
function at(...path: string[]): Schema {
  let here: unknown = document
  for (const name of path) {
    here = (here as Schema)[name]
    const target = (here as { $ref?: string } | undefined)?.$ref
    if (target) here = at(...target.slice(2).split('/'))
  }
  return here as Schema
}

const jsonBody = (path: string) => at('paths', path, 'post', 'requestBody', 'content', 'application/json', 'schema')

test('the document is valid against the OpenAPI 3.1 schema', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  assert.deepEqual(errors, undefined)
  assert.equal(valid, true)
  const broken = structuredClone(document)
  delete broken.info
  assert.equal((await new Validator().validate(broken)).valid, false)
})

test('every reference leads somewhere', () => {
  const found = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(match => match[1] as string)
  assert.ok(found.length > 100)
  for (const reference of found) assert.notEqual(at(...reference.split('/')), undefined, reference)
})

test('every endpoint that is declared is listed, once', () => {
  const declared = Object.values(contract).filter(
    value => typeof value === 'object' && 'access' in value && 'path' in value
  )
  assert.deepEqual(new Set(endpoints), new Set(declared))
  const names = endpoints.map(({ method, path }) => `${method} ${path}`)
  assert.equal(new Set(names).size, endpoints.length)
  assert.equal(new Set(endpoints.map(endpoint => endpoint.id)).size, endpoints.length)
})

test('an upload takes the options of each platform, and nothing unknown', () => {
  const body = jsonBody('/api/upload/presign-put')
  assert.equal(body.additionalProperties, false)
  const { first, second, accountOptions } = body.properties as Record<string, Schema>
  assert.deepEqual(first, { $ref: '#/components/schemas/FirstOptions' })
  assert.deepEqual(second, { $ref: '#/components/schemas/SecondOptions' })
  assert.deepEqual(accountOptions?.additionalProperties, {
    anyOf: [{ $ref: '#/components/schemas/FirstAccountOptions' }, { $ref: '#/components/schemas/SecondAccountOptions' }]
  })
  assert.deepEqual(at('components', 'schemas', 'FirstOptions').examples, [{ board: 'b1' }])
  const override = at('components', 'schemas', 'FirstAccountOptions')
  assert.deepEqual(Object.keys(override.properties as object), ['title', 'description', 'board', 'note'])
  assert.equal(override.required, undefined)
})

test('a form carries one file beside its fields', () => {
  const form = at('paths', '/api/upload', 'post', 'requestBody', 'content', 'multipart/form-data', 'schema')
  assert.deepEqual(form.required, ['title', 'accounts', 'file'])
  assert.equal((form.properties as Record<string, Schema>).file?.format, 'binary')
})

test('every problem names the codes that can come, all from the closed list', () => {
  const refused = at('paths', '/api/upload/complete', 'post', 'responses', '409')
  const [, narrowed] = at(
    'paths',
    '/api/upload/complete',
    'post',
    'responses',
    '409',
    'content',
    'application/problem+json',
    'schema'
  ).allOf as [Schema, { properties: { code: { enum: string[] } } }]
  assert.match(String(refused.description), /object_missing/)
  assert.deepEqual(narrowed.properties.code.enum, ['idempotency_in_progress', 'object_missing', 'session_aborted'])
  const known = at('components', 'schemas', 'Problem', 'properties', 'code').enum
  assert.deepEqual(known, Object.keys(problems))
  for (const endpoint of endpoints) for (const code of problemsOf(endpoint)) assert.ok(code in problems)
})

test('a route for signed-in users says so, and one for keys takes both', () => {
  assert.deepEqual(at('paths', '/uploads', 'get').security, [{ bearer: [] }])
  assert.deepEqual(at('paths', '/api/upload', 'post').security, [{ apiKey: [] }, { bearer: [] }])
  assert.deepEqual(at('paths', '/auth/sign-in', 'post').security, [])
  assert.ok(at('paths', '/api-keys/generate', 'post', 'responses')[403])
})

test('Idempotency-Key stands where it is honoured, and only there', () => {
  for (const { method, path, idempotency } of endpoints) {
    const { parameters = [] } = at('paths', path, method.toLowerCase())
    const has = JSON.stringify(parameters).includes('IdempotencyKey')
    assert.equal(has, idempotency !== undefined, `${method} ${path}`)
  }
})

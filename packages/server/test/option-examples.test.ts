import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectors } from '@upload24/connectors'
import { endpoints, openApi, type Schema } from '@upload24/contract'
import { jsonSchema } from '../src/platforms/form.ts'

const all = Object.values(connectors)
const platforms = all.map(({ id, name, options }) => ({ id, name, options: jsonSchema(options) }))
const { components } = openApi(endpoints, { platforms, publicUrl: 'https://upload.example.com' })
const { schemas } = components as { schemas: Record<string, Schema> }

test('the options of each platform are a named schema, titled field by field, whose example is valid', () => {
  for (const { id, options } of all) {
    const pascal = `${id[0]?.toUpperCase()}${id.slice(1)}`
    const schema = schemas[`${pascal}Options`]
    assert.ok(schema?.title, `${pascal}Options`)
    const [example] = schema.examples as unknown[]
    assert.deepEqual(options.safeParse(example).error?.issues, undefined, `${id}: ${JSON.stringify(example)}`)
    for (const name of [`${pascal}Options`, `${pascal}AccountOptions`]) {
      const fields = Object.entries(schemas[name]?.properties as Record<string, Schema>)
      const untitled = fields.filter(([, field]) => !field.title).map(([field]) => field)
      assert.deepEqual(untitled, [], name)
    }
  }
})

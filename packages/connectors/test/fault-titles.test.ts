import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { z } from 'zod'
import { memoryShelf, openFiles, sandboxes } from '../src/sandbox.ts'

type Json = z.core.JSONSchema.BaseSchema

/** Every field of the schema, and of what is in it, by its path. */
function fieldsOf(schema: Json, path: string): [string, Json][] {
  const inside = [schema.items ?? [], schema.anyOf ?? []].flat(2).filter(each => typeof each === 'object')
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, field]): [string, Json][] =>
      typeof field === 'object' ? [[`${path}.${name}`, field], ...fieldsOf(field, `${path}.${name}`)] : []
    ),
    ...inside.flatMap(each => fieldsOf(each as Json, path))
  ]
}

test('every field of every fault has a title, which forms show', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'upload24-titles-'))
  after(() => rm(folder, { recursive: true }))
  const deps = {
    base: 'http://127.0.0.1',
    shelf: memoryShelf(),
    bytes: await openFiles(folder),
    project: async () => null,
    now: () => new Date()
  }
  const fields = Object.entries(sandboxes).flatMap(([platform, open]) => {
    const { faultsSchema } = open(deps)
    return fieldsOf(z.toJSONSchema(faultsSchema, { io: 'input' }), platform)
  })
  assert.ok(fields.length > 50)
  assert.deepEqual(
    fields.filter(([, { title }]) => !title).map(([path]) => path),
    []
  )
})

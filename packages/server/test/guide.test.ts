import assert from 'node:assert/strict'
import { copyFile, open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { connectors } from '@upload24/connectors'
import { readDemoEnv } from '../src/demo/env-file.ts'
import { readGuide } from '../src/docs/guide.ts'
import { assertShape, readExamples, runExamples } from './guide.ts'
import { makeFolder, start } from './processes.ts'
import { freePort } from './world.ts'

const MiB = 2 ** 20
const tables = Object.fromEntries(
  Object.values(connectors).flatMap(({ id, auths }) =>
    ['options', 'faults', ...Object.keys(auths).map(way => `${way} app`)].map(name => [`${id} ${name}`, ''])
  )
)

/** Milliseconds: dozens of examples, one after the other, on whatever machine. */
const timeout = 600_000

test('every example of the guide and the README works as it stands, and answers what the guide shows', {
  timeout
}, async t => {
  const folder = await makeFolder()
  const dataDir = join(folder.path, 'data')
  const system = start(dataDir, { PORT: String(await freePort()), SANDBOX: 'on', LOG_LEVEL: 'warn' })
  t.after(async () => {
    system.wrapper.kill('SIGINT')
    await system.ended()
    await folder.remove()
  })
  await system.says('Upload24 is ready')
  const demo = await readDemoEnv(dataDir)
  assert.ok(demo?.BASE_URL, system.output())
  await makeVideo(join(folder.path, 'video.mp4'), 11 * MiB)

  const readme = { name: 'README', markdown: await readFile(join(import.meta.dirname, '../../../README.md'), 'utf8') }
  const guide = readGuide({ publicUrl: demo.BASE_URL, now: new Date(), tables })
  const examples = [...guide, readme].flatMap(readExamples)
  assert.ok(examples.length >= 25, `${examples.length} examples were found`)
  const printed = await runExamples(examples, folder.path)
  const differences = examples.flatMap(({ name, expected }, index) => {
    try {
      if (expected !== undefined) assertShape(JSON.parse(printed[index] as string), expected, name)
      return []
    } catch (error) {
      return [`${(error as Error).message}\n${printed[index]}`]
    }
  })
  assert.equal(differences.length, 0, differences.join('\n\n'))
})

/** A small real video, made longer by a `free` box, which players pass over (ISO/IEC 14496-12, 8.1.2). */
async function makeVideo(path: string, bytes: number): Promise<void> {
  await copyFile(join(import.meta.dirname, 'fixtures/video.mp4'), path)
  const { size } = await stat(path)
  const box = Buffer.alloc(bytes - size)
  box.writeUInt32BE(box.length)
  box.write('free', 4)
  const file = await open(path, 'a')
  await file.write(box)
  await file.close()
}

test('an answer that differs from the one shown is found', () => {
  const shown = { status: 'Uploaded', id: 'key_01kantnxs3f7nbapt8gwfv1t3v', list: [{ a: 1 }], none: null, any: {} }
  const answer = { status: 'Uploaded', id: 'key_x', list: [{ a: 7 }, { a: 8 }], none: null, any: { b: 1 } }
  assertShape(answer, shown)
  const wrong = [
    { ...answer, status: 'Failed' },
    { ...answer, id: 'user_x' },
    { ...answer, list: [] },
    { ...answer, list: [{ a: '7' }] },
    { ...answer, none: 'some' },
    { ...answer, more: 1 },
    { status: 'Uploaded' }
  ]
  for (const each of wrong) assert.throws(() => assertShape(each, shown), JSON.stringify(each))
})

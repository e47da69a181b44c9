import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { testDatabase } from './database.ts'
import { makeVideo } from './make-video.ts'
import { openSdkWorld } from './sdk-world.ts'

const root = join(import.meta.dirname, '../../..')
const world = await openSdkWorld(await testDatabase())
const ada = await world.newPerson()

for (const page of ['docs/guide/sdk.md', 'packages/sdk/README.md']) {
  test(`every TypeScript example of ${page} compiles and runs as it stands`, async t => {
    // Inside the workspace, where the package is found by its name.
    await mkdir(join(root, '.test'), { recursive: true })
    const folder = await mkdtemp(join(root, '.test/sdk-guide-'))
    t.after(() => rm(folder, { recursive: true }))
    await writeFile(join(folder, 'video.mp4'), makeVideo(9 * 2 ** 20))
    const text = await readFile(join(root, page), 'utf8')
    const examples = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ''], index) => ({
      name: /^\/\/ (\S+\.ts)\n/.exec(code)?.[1] ?? `example-${index}.ts`,
      code
    }))
    assert.ok(examples.length >= 4)
    for (const { name, code } of examples) await writeFile(join(folder, name), code)
    const config = { extends: join(root, 'tsconfig.json'), include: ['*.ts'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config))
    await run(folder, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder])
    for (const { name } of examples) {
      const { stdout } = await run(folder, [name])
      assert.ok(name === 'client.ts' || stdout !== '', `${name} printed nothing`)
    }
  })
}

/** Rejects with what was printed. */
function run(cwd: string, script: string[]) {
  const env = { PATH: process.env.PATH, UPLOAD24_URL: world.line.base, UPLOAD24_KEY: ada.key }
  return promisify(execFile)(process.execPath, script, { cwd, env, timeout: 60_000 }).catch(error => {
    throw new Error(`${script.at(-1)}: ${error.stdout}${error.stderr}`)
  })
}

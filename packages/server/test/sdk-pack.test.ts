import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { testDatabase } from './database.ts'
import { makeVideo } from './make-video.ts'
import { makeFolder } from './processes.ts'
import { openSdkWorld } from './sdk-world.ts'

const root = join(import.meta.dirname, '../../..')
const compiler = join(root, 'node_modules/typescript/bin/tsc')
const world = await openSdkWorld(await testDatabase())
const ada = await world.newPerson()
const folder = await makeFolder()
test.after(() => folder.remove())
const customer = join(folder.path, 'customer')
const built = join(folder.path, 'built')

/** Rejects with what was printed. */
async function run(cwd: string, command: string, ...given: string[]): Promise<string> {
  const { PATH = '' } = process.env
  // An empty home: nothing that this machine is set up with helps.
  const env = { PATH, HOME: folder.path, UPLOAD24_URL: world.line.base, UPLOAD24_KEY: ada.key, ACCOUNT: ada.account }
  const { stdout } = await promisify(execFile)(command, given, { cwd, env, timeout: 120_000 }).catch(error => {
    throw new Error(`${command} ${given.join(' ')}: ${error.stdout}${error.stderr}`)
  })
  return stdout
}

const config = (more: object) =>
  JSON.stringify({
    compilerOptions: { strict: true, exactOptionalPropertyTypes: true, noEmit: true, module: 'nodenext', ...more }
  })

test('the package that is published installs without any other, and sends a video from plain JavaScript', async () => {
  await run(root, process.execPath, join(root, 'scripts/build-sdk.ts'), built)
  await mkdir(customer)
  const [{ filename, files }] = JSON.parse(await run(built, 'npm', 'pack', '--json', '--pack-destination', customer))
  const names = files.map(({ path }: { path: string }) => path)
  assert.ok(names.includes('index.js') && names.includes('README.md'))
  assert.deepEqual(
    names.filter((name: string) => /\.test\.|(?<!\.d)\.ts$/.test(name)),
    []
  )

  await writeFile(join(customer, 'package.json'), '{ "private": true, "type": "module" }')
  await run(customer, 'npm', 'install', '--offline', '--no-audit', '--no-fund', `./${filename}`)
  await writeFile(join(customer, 'film.mp4'), makeVideo(9 * 2 ** 20))
  await writeFile(
    join(customer, 'send.mjs'),
    `import { createClient } from '@upload24/sdk'
     import { fileStore, openFile } from '@upload24/sdk/node'
     const { UPLOAD24_URL: baseUrl, UPLOAD24_KEY: apiKey, ACCOUNT } = process.env
     const client = createClient({ baseUrl, apiKey })
     const description = { title: 'From the package', accounts: [ACCOUNT] }
     const upload = client.upload(await openFile('film.mp4'), description, { store: fileStore('unfinished') })
     console.log((await upload.done).title)`
  )
  assert.equal((await run(customer, process.execPath, 'send.mjs')).trim(), 'From the package')
  assert.deepEqual(await ada.titles(), ['From the package'])
})

test('its types need no other package, and say the same to a customer as to us', async () => {
  const source = await readFile(join(root, 'packages/sdk/test/types.ts'), 'utf8')
  await writeFile(join(customer, 'types.ts'), source.replace('../src/index.ts', '@upload24/sdk'))
  // As in a browser: no types but the compiler's own. skipLibCheck is off, so that a type that is missing is found.
  await writeFile(join(customer, 'tsconfig.json'), config({ lib: ['esnext', 'dom', 'dom.iterable'], types: [] }))
  await run(customer, process.execPath, compiler, '-p', customer)
})

test('the types that are written out are those of the contract', async () => {
  const proof = `
import type * as source from '${join(root, 'packages/sdk/src/contract.ts')}'
import type * as built from './contract.d.ts'

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : ['built is wider', B]) : ['built is narrower', A, B]
type Part = 'kind' | 'input' | 'reply' | 'platformOptions'
type Proof = {
  [R in keyof source.Routes]: R extends keyof built.Routes
    ? { [P in Part]: Same<source.Routes[R][P], built.Routes[R][P]> }
    : 'missing'
}
type Proven = { [R in keyof source.Routes]: { [P in Part]: true } }
export const routes = (proof: Proof): Proven => proof
export const names = (name: keyof built.Routes): keyof source.Routes => name
export const words: [
  Same<source.Event, built.Event>,
  Same<source.EventType, built.EventType>,
  Same<source.ProblemCode, built.ProblemCode>,
  Same<source.PublicStatus, built.PublicStatus>,
  Same<source.UploadStatus, built.UploadStatus>,
  Same<source.Fault, built.Fault>
] = [true, true, true, true, true, true]
`
  await writeFile(join(built, 'proof.ts'), proof)
  const typeRoots = [join(root, 'node_modules/@types')]
  const paths = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { typeRoots },
    include: [],
    files: ['proof.ts']
  }
  await writeFile(join(built, 'tsconfig.json'), JSON.stringify(paths))
  await run(built, process.execPath, compiler, '-p', built)
})

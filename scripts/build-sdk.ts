import { execFileSync } from 'node:child_process'
import { copyFileSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeTypes } from './sdk-types.ts'

/** Builds `packages/sdk/dist` (or the folder that is named): what is published, with a package.json of its own. */
const root = join(import.meta.dirname, '..')
const sdk = join(root, 'packages/sdk')
const out = process.argv[2] ?? join(sdk, 'dist')

rmSync(out, { recursive: true, force: true })
const compiler = join(root, 'node_modules/typescript/bin/tsc')
execFileSync(process.execPath, [compiler, '-p', join(sdk, 'tsconfig.build.json'), '--outDir', out], {
  stdio: 'inherit'
})
writeFileSync(join(out, 'contract.d.ts'), writeTypes())
for (const file of globSync('**/*.d.ts', { cwd: out })) nameBuilt(join(out, file))
copyFileSync(join(sdk, 'README.md'), join(out, 'README.md'))

const { name, version } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'))
const entry = (file: string) => ({ types: `./${file}.d.ts`, default: `./${file}.js` })
const manifest = {
  name,
  version,
  description: 'One video goes in, it is published exactly once on every linked account: the client.',
  type: 'module',
  license: 'UNLICENSED',
  engines: { node: '>=22' },
  sideEffects: false,
  exports: { '.': entry('index'), './node': entry('node') }
}
writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)

/** The compiler leaves `.ts` in what declarations import; there are no such files in the package. */
function nameBuilt(path: string): void {
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/(from '\.[^']*)\.ts'/g, "$1.js'"))
}

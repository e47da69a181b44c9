import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'packages/dashboard/dist')
const stamp = join(dist, '.built')
const SOURCES = [
  'packages/dashboard/{index.html,vite.config.ts,package.json}',
  'packages/dashboard/{src,public}/**/*.*',
  'packages/sdk/src/**/*.ts',
  'package-lock.json'
]

/** Builds the dashboard's files into packages/dashboard/dist, unless they were built of just these sources. */
export async function buildDashboard(): Promise<void> {
  const of = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === of) return
  rmSync(dist, { recursive: true, force: true })
  const { build } = await import('vite')
  await build({ configFile: join(root, 'packages/dashboard/vite.config.ts') })
  await Promise.all(globSync('**/*.{js,css,html,svg}', { cwd: dist }).map(file => compress(join(dist, file))))
  writeFileSync(stamp, of)
}

function fingerprint(): string {
  const hash = createHash('sha256')
  for (const file of globSync(SOURCES, { cwd: root }).sort()) {
    const path = join(root, file)
    if (statSync(path).isFile()) hash.update(`${file}\0`).update(readFileSync(path))
  }
  return hash.digest('hex')
}

/** Once here, not at each request. */
async function compress(path: string): Promise<void> {
  const bytes = readFileSync(path)
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
  writeFileSync(`${path}.br`, await promisify(brotliCompress)(bytes, { params }))
  writeFileSync(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
}

if (import.meta.main) await buildDashboard()

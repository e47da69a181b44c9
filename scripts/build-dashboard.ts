import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'packages/dashboard/dist')
const stamp = join(dist, '.built')
const SOURCES = [
  'packages/dashboard/{index.html,vite.ts,package.json}',
  'packages/dashboard/{src,public}/**/*.*',
  'packages/sdk/src/**/*.ts',
  'package-lock.json'
]

/** Builds the dashboard's files into packages/dashboard/dist, unless they were built of just these sources. */
export async function buildDashboard(): Promise<void> {
  const of = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === of) return
  const { build } = await import('vite')
  const { config } = await import('../packages/dashboard/vite.ts')
  // Beside the old one, which is served until the new one is whole.
  const made = `${dist}-${process.pid}`
  const { NODE_ENV } = process.env
  try {
    await build({ ...config, build: { ...config.build, outDir: made, emptyOutDir: true } })
    await Promise.all(globSync('**/*.{js,css,svg}', { cwd: made }).map(file => compress(join(made, file))))
    writeFileSync(join(made, '.built'), of)
    rmSync(dist, { recursive: true, force: true })
    renameSync(made, dist)
  } finally {
    // Vite makes it "production", which is not for the system that starts in this process to hear.
    if (NODE_ENV === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = NODE_ENV
    rmSync(made, { recursive: true, force: true })
  }
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

import { globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** The rules of the house that neither compiler nor linters can say. Each fault is told with its place and what to do. */
const root = join(import.meta.dirname, '..')
const SOURCES = globSync('packages/*/src/**/*.{ts,tsx}', { cwd: root }).filter(file => !/\.test\.tsx?$/.test(file))

/** A noun may use those before it; what must tell a later one does it with a job. */
const NOUNS = ['tenants', 'keys', 'quota', 'accounts', 'deliveries', 'uploads', 'sessions', 'webhooks']

/** The registries of the connectors and of their sandboxes, and the demo workspace. */
const KNOW_PLATFORMS = [
  'packages/connectors/src/index.ts',
  'packages/connectors/src/sandbox.ts',
  'packages/server/src/demo/'
]

/** Of the dashboard, from below. A feature is a layer's width of its own: features do not know each other. */
const LAYERS = ['ui', 'form', 'description', 'features', 'shell']
const DASHBOARD = /^packages\/dashboard\/src\/(\w+)\/([\w-]+)/

const BANNED_NAMES = ['utils', 'helpers', 'manager', 'common', 'types']

const faults = SOURCES.flatMap(file => {
  const code = readFileSync(join(root, file), 'utf8')
  return [
    ...checkNouns(file, code),
    ...checkLayers(file, code),
    ...checkPlatformNames(file, code),
    ...checkFileName(file)
  ]
})
for (const fault of faults) console.error(fault)
process.exit(faults.length > 0 ? 1 : 0)

function checkNouns(file: string, code: string): string[] {
  const own = nounOf(file)
  if (own === undefined) return []
  return importsOf(code).flatMap(({ line, path }) => {
    const noun = nounOf(relative(root, join(root, dirname(file), path)))
    if (noun === undefined || NOUNS.indexOf(noun) <= NOUNS.indexOf(own)) return []
    return `${file}:${line}: ${own} may not import ${noun}, which comes later: pass it in, or tell it with a job.`
  })
}

function nounOf(file: string): string | undefined {
  return NOUNS.find(noun => file.startsWith(`packages/server/src/${noun}/`))
}

function checkLayers(file: string, code: string): string[] {
  const [, layer = '', feature = ''] = DASHBOARD.exec(file) ?? []
  if (!LAYERS.includes(layer)) return []
  return importsOf(code).flatMap(({ line, path }) => {
    const [, other = '', otherFeature = ''] = DASHBOARD.exec(relative(root, join(root, dirname(file), path))) ?? []
    if (layer === 'features' && other === 'features' && feature !== otherFeature)
      return `${file}:${line}: the feature ${feature} may not import ${otherFeature}: what both need belongs into data/ or ui/.`
    if (LAYERS.indexOf(other) <= LAYERS.indexOf(layer)) return []
    return `${file}:${line}: ${layer}/ may not import ${other}/, which is built on it.`
  })
}

function importsOf(code: string): { line: number; path: string }[] {
  return [...code.matchAll(/\b(?:from|import\()\s*'(\.[^']*)'/g)].map(match => ({
    line: lineAt(code, match.index),
    path: match[1] ?? ''
  }))
}

/** A platform is known to its own folder and to the registry's line for it; comments may give it as an example. */
function checkPlatformNames(file: string, code: string): string[] {
  if (KNOW_PLATFORMS.some(path => file.startsWith(path))) return []
  const bare = withoutComments(code)
  return platforms()
    .filter(platform => !file.startsWith(`packages/connectors/src/${platform}/`))
    .flatMap(platform =>
      [...bare.matchAll(new RegExp(`\\b${platform}\\b|${platform}(?=[A-Z_/.])`, 'gi'))].map(
        ({ index }) =>
          `${file}:${lineAt(bare, index)}: names ${platform}. Only connectors/src/${platform}/ and the registry may.`
      )
    )
}

function platforms(): string[] {
  const folders = globSync('packages/connectors/src/*/index.ts', { cwd: root })
  return folders.map(file => file.split(/[\\/]/).at(-2) ?? '').filter(name => /^[a-z0-9]{2,}$/.test(name))
}

/** Blanks comments out, keeping the lines; good enough for code that the formatter has laid out. */
function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, comment => comment.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/.*$/gm, '')
}

function checkFileName(file: string): string[] {
  const name = (file.split('/').at(-1) ?? '').replace(/\.tsx?$/, '')
  if (BANNED_NAMES.includes(name)) return [`${file}: a file is named for what is in it, not "${name}".`]
  return /^[a-z0-9.-]+$/.test(name) ? [] : [`${file}: file names are kebab-case.`]
}

function lineAt(code: string, index: number): number {
  return code.slice(0, index).split('\n').length
}

import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** docs/platforms.md: what a platform costs in lines, file by file. With --check it only says whether the page is current. */
const root = join(import.meta.dirname, '..')
const page = join(root, 'docs/platforms.md')
const src = join(root, 'packages/connectors/src')

const platforms = globSync('*/index.ts', { cwd: src })
  .map(path => path.split(/[\\/]/)[0] ?? '')
  .filter(name => !name.startsWith('_'))
  .sort()
const TEMPLATE = '_template'
/** In the order in which one reads them; others follow by name. */
const ORDER = ['index.ts', 'options.ts', 'compose.ts', 'publish.ts', 'shapes.ts', 'errors.ts']

const made = makePage()
if (process.argv.includes('--check')) {
  if (readFileSync(page, 'utf8') === made) process.exit(0)
  console.error('docs/platforms.md is not current: run node scripts/lines.ts')
  process.exit(1)
}
writeFileSync(page, made)

function makePage(): string {
  const columns = [TEMPLATE, ...platforms]
  const counted = new Map(columns.map(name => [name, countFiles(join(src, name))]))
  const names = [...new Set([...counted.values()].flatMap(files => [...files.keys()]))]
  const own = names.filter(name => !name.startsWith('fake/')).sort(byOrder)
  const line = (label: string, of: (files: Map<string, number>) => number) =>
    `| ${label} | ${columns.map(name => of(counted.get(name) ?? new Map()) || '').join(' | ')} |`
  const sum = (files: Map<string, number>, isWanted: (name: string) => boolean): number =>
    [...files].reduce((total, [name, lines]) => total + (isWanted(name) ? lines : 0), 0)
  const isFake = (name: string): boolean => name.startsWith('fake/')
  const shared = (folder: string): number => sum(countFiles(join(src, folder), '*.ts'), () => true)
  return `<!-- Made by scripts/lines.ts. -->

# Platforms

What a platform costs, in lines without tests. Its folder is \`packages/connectors/src/<platform>/\`; nothing else knows its name.

| file | ${columns.map(name => (name === TEMPLATE ? 'the template' : name)).join(' | ')} |
| --- | ${columns.map(() => '---:').join(' | ')} |
${own.map(name => line(`\`${name}\``, files => files.get(name) ?? 0)).join('\n')}
${line('**the connector**', files => sum(files, name => !isFake(name)))}
${line('`fake/`, its sandbox', files => sum(files, isFake))}
${line('**together**', files => sum(files, () => true))}

All of them share ${shared('')} lines of the connectors' own (HTTP, sign-in, addresses, failures, media) and ${shared('sandbox')} of the sandbox kit
(consent page, codes, tokens, faults, routing, files). A new one starts as a copy of the template: \`npm run new:platform vimeo\`.
`
}

/** Lines by path, with /; folders other than fake/ count as one file. Tests do not count. */
function countFiles(folder: string, pattern = '**/*.ts'): Map<string, number> {
  const files = new Map<string, number>()
  for (const path of globSync(pattern, { cwd: folder })) {
    const name = path.replaceAll('\\', '/')
    if (name.endsWith('.test.ts')) continue
    const [first = '', rest] = name.split('/')
    const key = rest === undefined || first === 'fake' ? name : `${first}/`
    const lines = readFileSync(join(folder, path), 'utf8').split('\n').length - 1
    files.set(key, (files.get(key) ?? 0) + lines)
  }
  return files
}

function byOrder(a: string, b: string): number {
  const [i, j] = [a, b].map(name => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length))
  return (i ?? 0) - (j ?? 0) || a.localeCompare(b)
}

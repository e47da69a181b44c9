import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Makes a new platform of the template: its folder with a sandbox, its laws, and its lines in the two registries. */
const root = join(import.meta.dirname, '..')
const connectors = join(root, 'packages/connectors')
const [name = ''] = process.argv.slice(2)

const problem = findProblem()
if (problem) {
  console.error(problem)
  process.exit(1)
}
const folder = join(connectors, 'src', name)
const laws = join(connectors, 'test', `${name}-laws.test.ts`)
cpSync(join(connectors, 'src/_template'), folder, { recursive: true })
cpSync(join(connectors, 'test/template-laws.test.ts'), laws)
for (const file of [...globSync('**/*.ts', { cwd: folder }).map(path => join(folder, path)), laws])
  writeFileSync(file, rename(readFileSync(file, 'utf8')))
change(join(connectors, 'src/index.ts'), text =>
  addImport(text, `import { ${name} } from './${name}/index.ts'`).replace(
    /(connectors: [^=]*= \{)([^}]*)\}/,
    (_, head, members) => `${head}${addMember(members, name)}}`
  )
)
change(join(connectors, 'src/sandbox.ts'), text =>
  addImport(text, `import { create${capital()} } from './${name}/fake/index.ts'`).replace(
    /(sandboxes: [^=]*=> Sandbox>> = \{)([^}]*)\}/,
    (_, head, members) => `${head}${addMember(members, `${name}: create${capital()}`)}}`
  )
)
const biome = [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--write', folder, laws]
const registries = ['index.ts', 'sandbox.ts'].map(file => join(connectors, 'src', file))
spawnSync(process.execPath, [...biome, ...registries], { cwd: root, stdio: 'ignore' })

console.log(`packages/connectors/src/${name} is a platform that works, against a sandbox that is not yet like the real one.
1. fake/: make the sandbox as strict as the platform's documents.
2. options.ts, compose.ts, errors.ts, publish.ts, index.ts: make the connector speak to it.
3. npm test -- ${name}, until the laws hold; then the table of errors.`)

function findProblem(): string | undefined {
  if (!/^[a-z][a-z0-9]{1,30}$/.test(name))
    return 'Say a name: npm run new:platform vimeo (a small letter, then small letters and digits).'
  return existsSync(join(connectors, 'src', name)) ? `packages/connectors/src/${name} is there already.` : undefined
}

function change(file: string, make: (text: string) => string): void {
  const text = readFileSync(file, 'utf8')
  const made = make(text)
  if (made === text) throw new Error(`nothing to change in ${file}: is it still as this script knows it?`)
  writeFileSync(`${file}.new`, made)
  renameSync(`${file}.new`, file)
}

function rename(text: string): string {
  return text.replaceAll('template', name).replaceAll('Template', capital())
}

function capital(): string {
  return name.replace(/^./, letter => letter.toUpperCase())
}

function addImport(text: string, line: string): string {
  return text.replace(/^(?:import .*\n)+/, found => `${found}${line}\n`)
}

function addMember(members: string, member: string): string {
  return `${members.trimEnd().replace(/,?$/, ',')}\n  ${member}\n`
}

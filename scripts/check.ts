import { execFile } from 'node:child_process'
import { join } from 'node:path'

/** Everything that can be checked without running the system. All checks run, also after one has failed. */
const root = join(import.meta.dirname, '..')
const bin = (name: string): string => join(root, 'node_modules/.bin', name)

const checks: readonly { name: string; command: string; options: readonly string[] }[] = [
  { name: 'types', command: bin('tsc'), options: ['-p', '.'] },
  {
    name: 'format and lint (biome)',
    command: bin('biome'),
    options: ['check', '--error-on-warnings', '--max-diagnostics=50']
  },
  { name: 'imports and cycles (oxlint)', command: bin('oxlint'), options: ['--deny-warnings'] },
  { name: 'rules of the house', command: process.execPath, options: ['scripts/check-house.ts'] },
  { name: 'docs/config.md is current', command: process.execPath, options: ['scripts/config-docs.ts', '--check'] }
]

const results = await Promise.all(checks.map(runCheck))
const failed = results.filter(isGood => !isGood).length
console.log(failed === 0 ? `All ${checks.length} checks passed.` : `${failed} of ${checks.length} checks failed.`)
process.exit(failed === 0 ? 0 : 1)

function runCheck({ name, command, options }: (typeof checks)[number]): Promise<boolean> {
  return new Promise(resolve => {
    execFile(command, options, { cwd: root, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      console.log(`${error ? '✖' : '✔'} ${name}`)
      if (error) console.log(`${stdout}${stderr}`.trim())
      resolve(!error)
    })
  })
}

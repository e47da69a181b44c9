import { execFile } from 'node:child_process'
import { join } from 'node:path'

/** Everything that can be checked without running the system. All checks run, also after one has failed. */
const root = join(import.meta.dirname, '..')
const installed = (path: string): string => join(root, 'node_modules', path)

/** Run by this Node, not by the one that the scripts' first line would find on the machine. */
const checks: readonly { name: string; script: string; options: readonly string[] }[] = [
  { name: 'types', script: installed('typescript/bin/tsc'), options: ['-p', '.'] },
  { name: 'types of the dashboard', script: installed('typescript/bin/tsc'), options: ['-p', 'packages/dashboard'] },
  {
    name: 'format and lint (biome)',
    script: installed('@biomejs/biome/bin/biome'),
    options: ['check', '--error-on-warnings', '--max-diagnostics=50']
  },
  { name: 'imports and cycles (oxlint)', script: installed('oxlint/bin/oxlint'), options: ['--deny-warnings'] },
  { name: 'rules of the house', script: 'scripts/check-house.ts', options: [] },
  { name: 'docs/config.md is current', script: 'scripts/config-docs.ts', options: ['--check'] },
  { name: 'docs/platforms.md is current', script: 'scripts/lines.ts', options: ['--check'] }
]

const results = await Promise.all(checks.map(runCheck))
const failed = results.filter(isGood => !isGood).length
console.log(failed === 0 ? `All ${checks.length} checks passed.` : `${failed} of ${checks.length} checks failed.`)
process.exit(failed === 0 ? 0 : 1)

function runCheck({ name, script, options }: (typeof checks)[number]): Promise<boolean> {
  return new Promise(resolve => {
    execFile(process.execPath, [script, ...options], { cwd: root, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
      console.log(`${error ? '✖' : '✔'} ${name}`)
      if (error) console.log(`${stdout}${stderr}`.trim())
      resolve(!error)
    })
  })
}

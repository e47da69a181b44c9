import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { SAFEGUARDS } from '../torture/safeguards.ts'

const TORTURE = join(import.meta.dirname, '../torture/main.ts')
const PACKAGES = join(import.meta.dirname, '../..')

/** `npm run torture` with these options: its exit code, and what it printed. */
async function torture(...options: string[]): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [TORTURE, '--seed', '1', ...options], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc']
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', text => (output += text))
  // Told by the end of the channel when this process is killed, it clears up what it started.
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

/** Milliseconds, for a machine that is several times slower: here it takes a fifth of that. */
const timeout = 1_200_000

test('killed, stopped and lied to at points drawn by a fixed seed, everything is posted once', { timeout }, async t => {
  const { code, output } = await torture('--subset', '--minutes', '5')
  for (const line of output.split('\n')) t.diagnostic(line)
  assert.equal(code, 0)
})

test('a run that plays nothing is no success', async () => {
  const { code, output } = await torture('--part', 'kills', '--only', 'api: put, killed at no such point')
  assert.equal(code, 3, output)
  assert.match(output, /Nothing was played/)
})

for (const [name, value] of [
  ['minutes', 'x'],
  ['worlds', '0'],
  ['seed', '-1']
])
  test(`--${name}=${value} is refused`, async () => {
    const { code, output } = await torture(`--${name}=${value}`)
    assert.equal(code, 2, output)
    assert.match(output, new RegExp(`--${name} is a`))
  })

test('without a safeguard the same suite fails: a commit that was not written down first is made twice', async () => {
  const only = 'instagram: killed answered POST media_publish 1'
  const { code, output } = await torture('--part', 'kills', '--without', 'write-first', '--only', only)
  assert.equal(code, 1, output)
  assert.match(output, /2 posts/)
})

for (const { name, replacements } of SAFEGUARDS) {
  test(`the safeguard "${name}" stands where the suite takes it away`, async () => {
    for (const { file, from } of replacements) {
      const source = await readFile(join(PACKAGES, file), 'utf8')
      assert.equal(source.split(from).length, 2, `${file} must have exactly one "${from}"`)
    }
  })
}

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { GuidePage } from '../src/docs/guide.ts'

export interface Example {
  /** `uploads 3`: page and number. */
  readonly name: string
  readonly script: string
  /** The answer that the guide shows for it. */
  readonly expected: unknown
}

/** Every ```bash block, with the ```json block that follows it at once. */
export function readExamples({ name, markdown }: GuidePage): Example[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(match => ({
    lang: match[1],
    text: match[2] as string,
    start: match.index,
    end: match.index + match[0].length
  }))
  return blocks.flatMap((block, index) => {
    if (block.lang !== 'bash') return []
    const next = blocks[index + 1]
    const isAnswer = next?.lang === 'json' && markdown.slice(block.end, next.start).trim() === ''
    const expected = isAnswer ? (JSON.parse(next.text) as unknown) : undefined
    return { name: `${name} ${index + 1}`, script: block.text, expected }
  })
}

/** A fault hits whatever comes first: an earlier example has sent all its bytes by then, as with a reader, who is slower. */
const QUIET = `for _ in $(seq 120); do
  curl -s "$BASE_URL/uploads?status=Processing&limit=50" -H "Authorization: Bearer $JWT" |
    jq -e '[.items[].accounts[] | select(.progress.phase | IN("waiting", "preparing", "sending"))] == []' > quiet.json && break
  sleep 0.25
done`

/** Pastes all examples into one shell, as a reader would. Returns what each printed; throws at the first that fails. */
export async function runExamples(examples: readonly Example[], folder: string): Promise<string[]> {
  const steps = examples.map(
    ({ script }, index) =>
      `STEP=${index}\n${script.includes('/faults"') ? QUIET : ''}\n{\n${script}\n} > ${index}.out\nif set | grep -E '^[A-Z][A-Z_]*=(null|undefined)?$' >&2; then false; fi`
  )
  const path = join(folder, 'guide.sh')
  await writeFile(path, ['set -eu', 'STEP=0', 'trap \'echo "at step $STEP" >&2\' ERR', ...steps].join('\n'))
  const node = join(process.execPath, '..')
  const shell = spawn('bash', [path], {
    cwd: folder,
    env: { PATH: `${node}:${process.env.PATH}`, HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 480_000
  })
  let errors = ''
  shell.stderr.setEncoding('utf8').on('data', text => (errors += text))
  const [code] = (await once(shell, 'close')) as [number | null]
  const printed = await Promise.all(
    examples.map((_, index) => readFile(join(folder, `${index}.out`), 'utf8').catch(() => ''))
  )
  const reached = printed.findLastIndex(text => text !== '')
  assert.equal(code, 0, `${errors}\nLast output, of "${examples[reached]?.name}":\n${printed[reached]}`)
  return printed
}

type Named = Readonly<Record<string, unknown>>

/** Words that an example must get right, whatever else is only an example. */
const EXACT = new Set(['code', 'method', 'phase', 'platform', 'status'])

/**
 * The same members everywhere, of the same types; true, false and null as shown; ids by their prefix, and text up to its "…".
 * An empty object stands for any. Each entry of a list must look like one of those shown.
 */
export function assertShape(actual: unknown, shown: unknown, path = '$'): void {
  const told = `${path}: ${JSON.stringify(actual)} does not look like ${JSON.stringify(shown)}`
  if (Array.isArray(shown)) {
    assert.ok(Array.isArray(actual), told)
    assert.equal(actual.length > 0, shown.length > 0, told)
    for (const [index, entry] of actual.entries()) assertAny(entry, shown, `${path}[${index}]`)
    return
  }
  if (typeof shown === 'object' && shown !== null) {
    assert.ok(typeof actual === 'object' && actual !== null, told)
    const names = Object.keys(shown)
    if (names.length === 0) return
    assert.deepEqual(Object.keys(actual).sort(), [...names].sort(), path)
    for (const name of names) {
      const a: unknown = (actual as Named)[name]
      const s: unknown = (shown as Named)[name]
      if (EXACT.has(name)) assert.deepEqual(a, s, `${path}.${name}`)
      assertShape(a, s, `${path}.${name}`)
    }
    return
  }
  assert.equal(typeof actual, typeof shown, told)
  if (typeof shown === 'boolean' || shown === null) assert.equal(actual, shown, told)
  if (typeof shown === 'string') {
    const beginning = /^[a-z]+_(?=01k)/.exec(shown)?.[0] ?? (shown.includes('…') ? shown.split('…')[0] : '')
    assert.ok(String(actual).startsWith(beginning as string), told)
  }
}

function assertAny(actual: unknown, shown: readonly unknown[], path: string): void {
  const faults = shown.map(each => {
    try {
      assertShape(actual, each, path)
      return null
    } catch (error) {
      return error
    }
  })
  if (faults.every(fault => fault !== null)) throw faults[0]
}

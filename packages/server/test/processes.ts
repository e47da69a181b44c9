import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const root = join(import.meta.dirname, '../../..')

/** `npm start` as a real process: the wrapper and all that it starts. */
export interface Started {
  readonly wrapper: ChildProcess
  /** What it has printed so far. */
  output(): string
  /** Waits for words in the output; fails when the process ends without them. */
  says(words: string): Promise<void>
  /** Waits for the end, and answers the exit code. */
  ended(): Promise<number | null>
}

/** Without the sandbox, and so without the demo workspace. `uid`: as another user, which only root may ask for. */
export function start(dataDir: string, env: Record<string, string> = {}, uid?: number): Started {
  const { PATH = '', HOME = '' } = process.env
  const wrapper = spawn(process.execPath, [join(root, 'scripts/run.mjs'), 'start'], {
    env: { PATH, HOME, DATA_DIR: dataDir, PORT: '0', SANDBOX: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(uid !== undefined && { uid, gid: uid })
  })
  let output = ''
  for (const stream of [wrapper.stdout, wrapper.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  const closed = once(wrapper, 'close')
  return {
    wrapper,
    output: () => output,
    says: async words => {
      await until(
        () => output.includes(words) || wrapper.exitCode !== null,
        `"${words}"`,
        () => output
      )
      if (!output.includes(words)) throw new Error(`It ended without saying "${words}":\n${output}`)
    },
    ended: async () => {
      const [code] = (await closed) as [number | null]
      return code
    }
  }
}

/** A data folder that any user may pass through, as under /srv; `mkdtemp` alone would close it. */
export async function makeFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'upload24-test-'))
  await chmod(path, 0o711)
  // What was killed may still be writing.
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 10 }) }
}

/** Waits for a condition, two minutes at most: a machine that does other things too is slow, not wrong. */
export async function until(condition: () => boolean | Promise<boolean>, what: string, more = () => ''): Promise<void> {
  const giveUpAt = Date.now() + 120_000
  while (!(await condition())) {
    if (Date.now() > giveUpAt) throw new Error(`Waited 120 s for ${what}.\n${more()}`)
    await sleep(10)
  }
}

/**
 * The least that was measured in up to three tries; no more once one is below `limit`. A busy machine is late now and
 * then, a fault of ours each time.
 */
export async function bestOf(limit: number, measure: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let tries = 0; tries < 3 && best >= limit; tries++) best = Math.min(best, await measure())
  return best
}

/** True when it has ended, also if nobody has reaped it yet, as in a container without an init. */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return true
  }
  try {
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return process.platform === 'linux'
  }
}

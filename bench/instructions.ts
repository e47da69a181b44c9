import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'

/** What all cores execute from now on: a measure that a busy host does not change. Null where there is no `perf`, or it may not count. */
export function countInstructions(): { stop(): Promise<number | null> } {
  const perf = spawn('perf', ['stat', '-a', '-e', 'instructions', '-x,'], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = once(perf, 'close').catch(() => null)
  const told = text(perf.stderr)
  return {
    async stop() {
      perf.kill('SIGINT')
      await ended
      const line = (await told).split('\n').find(each => each.includes('instructions')) ?? ''
      const count = Number.parseInt(line, 10)
      return Number.isNaN(count) ? null : count
    }
  }
}

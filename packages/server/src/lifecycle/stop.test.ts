import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createStopper, Stopping } from './stop.ts'

test('what was opened last is closed first', async () => {
  const closed: string[] = []
  const stopper = createStopper({ say: () => {} })
  for (const name of ['database', 'pool', 'api'])
    await stopper.open(name, Promise.resolve(name), () => void closed.push(name))
  await Promise.all([stopper.stop(), stopper.stop()])
  assert.deepEqual(closed, ['api', 'pool', 'database'])
})

test('what hangs or fails is named, and the rest is closed in time', async () => {
  const said: string[] = []
  let isClosed = false
  const stopper = createStopper({ say: line => void said.push(line), budget: 200 })
  await stopper.open('Database', Promise.resolve(), () => {
    isClosed = true
  })
  await stopper.open('Pool', Promise.resolve(), () => Promise.reject(new Error('broken')))
  await stopper.open('Api', Promise.resolve(), () => new Promise(() => {}))
  await stopper.stop()
  assert.deepEqual(said, ['Api did not close in time.', 'Pool did not close: broken'])
  assert.ok(isClosed)
})

test('what is still opening when stopping begins is closed as soon as it is open', async () => {
  let isClosed = false
  const stopper = createStopper({ say: () => {} })
  const opening = stopper.open('Database', sleep(20), () => {
    isClosed = true
  })
  const stopping = stopper.stop()
  await assert.rejects(opening, Stopping)
  await stopping
  assert.ok(isClosed)
})

test('one Ctrl-C that arrives three times is one; a second one ends the process at once', async () => {
  const module = JSON.stringify(new URL('./stop.ts', import.meta.url).href)
  const program = `import { stopOnSignals } from ${module}
    stopOnSignals(() => new Promise(() => {}), line => console.log(line)); console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  for (let i = 0; i < 3; i++) child.kill('SIGINT')
  await once(child.stdout, 'data')
  // The wait is the subject here: presses closer together than this are copies of one.
  await sleep(800)
  assert.equal(child.exitCode, null)
  child.kill('SIGINT')
  assert.deepEqual(await exited, [130, null])
})

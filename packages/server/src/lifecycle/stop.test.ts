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

test('one Ctrl-C that arrives three times is one; a second one ends the process at once', async t => {
  const module = JSON.stringify(new URL('./stop.ts', import.meta.url).href)
  // The time between two presses is the subject: its clock is ours, and a slow machine does not stretch it.
  const program = `import { stopOnSignals } from ${module}
    let now = 0
    Date.now = () => now
    process.on('message', time => process.send((now = time)))
    stopOnSignals(() => new Promise(() => {}), line => console.log(line)); console.log('ready')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc']
  })
  t.after(() => child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const { stdout } = child
  assert.ok(stdout)
  async function setClock(time: number) {
    child.send(time)
    const [said] = await Promise.race([once(child, 'message'), exited])
    assert.equal(said, time, 'it is still there')
  }
  await once(stdout, 'data')
  for (let i = 0; i < 3; i++) child.kill('SIGINT')
  await once(stdout, 'data')
  await setClock(700)
  child.kill('SIGINT')
  // Signals are handled after the messages that came with them: once more at the same time, and it was seen.
  await setClock(700)
  await setClock(701)
  child.kill('SIGINT')
  assert.deepEqual(await exited, [130, null])
})

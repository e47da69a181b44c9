import assert from 'node:assert/strict'
import { openAsBlob } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { PieceRequest, PieceResponse, Progress, Send, UploadHandle } from '@upload24/sdk'
import { sendByFetch } from '../../sdk/src/upload/send.ts'
import { testDatabase } from './database.ts'
import { makeVideo } from './make-video.ts'
import { until } from './processes.ts'
import { fileOf, openSdkWorld } from './sdk-world.ts'

const MiB = 2 ** 20
const world = await openSdkWorld(await testDatabase())
const ada = await world.newPerson()
const { line } = world

let seed = 0
/** A film of its own, and how it is sent: in parts of 5 MiB, 40 MB/s at most so that there is a middle. */
function newFilm(size = 23 * MiB) {
  const bytes = makeVideo(size, ++seed)
  return { bytes, file: fileOf(bytes), description: { title: `Film ${seed}`, accounts: [ada.account] } }
}
const options = { partSize: 5 * MiB, parallel: 2 }

async function assertWhole(handle: UploadHandle, bytes: Buffer, title: string): Promise<void> {
  const status = await handle.done
  assert.equal(status.file.size, bytes.length)
  assert.ok(bytes.equals(await world.stored(status.file.fileId)), 'the store holds other bytes')
  assert.equal((await ada.titles()).filter(each => each === title).length, 1)
  assert.equal(handle.progress.state, 'done')
  assert.equal(handle.progress.bytesSent, bytes.length)
}

/** Every snapshot; fails at once where the bytes go back. */
function record(handle: UploadHandle): Progress[] {
  const seen = [handle.progress]
  handle.onProgress(progress => {
    assert.ok(progress.bytesSent >= (seen.at(-1)?.bytesSent ?? 0), 'progress went back')
    seen.push(progress)
  })
  return seen
}

const statesOf = (seen: Progress[]) => seen.map(({ state }) => state).filter((state, at, all) => state !== all[at - 1])

/** Sends as always, but what `tamper` answers for is answered by it. */
const sendBut =
  (tamper: (request: PieceRequest, count: number) => Promise<PieceResponse> | undefined): Send =>
  request =>
    tamper(request, ++sent) ?? sendByFetch(request)
let sent = 0

test('a file that fits into one part goes in one PUT, a larger one in parts', async () => {
  for (const size of [MiB, 5 * MiB, 5 * MiB + 1, 23 * MiB]) {
    const { bytes, file, description } = newFilm(size)
    const handle = ada.machine.upload(file, description, options)
    const seen = record(handle)
    await assertWhole(handle, bytes, description.title)
    assert.deepEqual(statesOf(seen), ['preparing', 'sending', 'completing', 'done'])
  }
})

test('a line that breaks again and again costs no more than the parts that were under way', async () => {
  const { bytes, file, description } = newFilm()
  const before = line.bytes()
  const handle = ada.machine.upload(file, description, options)
  record(handle)
  for (let cuts = 0; cuts < 3; cuts++) {
    await line.after(6 * MiB)
    line.cut()
  }
  await assertWhole(handle, bytes, description.title)
  const again = line.bytes() - before - bytes.length
  assert.ok(again < 3 * 2 * 5 * MiB + MiB, `${again} bytes were sent again`)
})

test('while the network is away it waits, says so, and goes on when it is back', async () => {
  const { bytes, file, description } = newFilm()
  const handle = ada.machine.upload(file, description, options)
  const seen = record(handle)
  await line.after(8 * MiB)
  line.leave()
  await until(() => handle.progress.state === 'waiting', 'it to wait')
  assert.equal(handle.progress.waitingFor, 'network')
  assert.equal(handle.progress.secondsLeft, null)
  line.back()
  await assertWhole(handle, bytes, description.title)
  assert.ok(statesOf(seen).includes('waiting'))
})

test('a line that is silent without being broken is cut', async () => {
  const { bytes, file, description } = newFilm()
  const handle = ada.machine.upload(file, description, { ...options, stallSeconds: 0.3 })
  await line.after(8 * MiB)
  line.silence()
  await until(() => handle.progress.state === 'waiting', 'it to give the line up')
  line.back()
  line.cut()
  await assertWhole(handle, bytes, description.title)
})

test('a server that is restarted halfway costs nothing but time', async () => {
  const { bytes, file, description } = newFilm()
  const handle = ada.machine.upload(file, description, options)
  await line.after(8 * MiB)
  await world.restart()
  await assertWhole(handle, bytes, description.title)
})

test('an address that is refused is asked for anew', async () => {
  for (const size of [MiB, 23 * MiB]) {
    const { bytes, file, description } = newFilm(size)
    const pieces = Math.ceil(size / options.partSize)
    const startAt = sent
    const send = sendBut((request, count) =>
      count - startAt <= pieces ? sendByFetch({ ...request, url: `${request.url}0` }) : undefined
    )
    const handle = ada.machine.upload(file, description, { ...options, send })
    await assertWhole(handle, bytes, description.title)
    assert.equal(sent - startAt, 2 * pieces)
  }
})

test('a store that keeps refusing is given up, with its own words', async () => {
  const { file, description } = newFilm(MiB)
  const send: Send = request => sendByFetch({ ...request, url: `${request.url}0` })
  const handle = ada.machine.upload(file, description, { ...options, send })
  await assert.rejects(handle.done, { name: 'ProblemError', code: 'invalid_signature' })
  assert.equal(handle.progress.state, 'failed')
})

test('Retry-After of a store that has too much to do is waited for', async () => {
  const { bytes, file, description } = newFilm()
  const headers = new Headers({ 'retry-after': '1' })
  const startAt = sent + 1
  let refusedAt = 0
  const send = sendBut((_, count) => {
    if (count !== startAt) return undefined
    refusedAt = performance.now()
    return Promise.resolve({ status: 429, headers, text: '' })
  })
  const handle = ada.machine.upload(file, description, { ...options, parallel: 1, send })
  await until(() => handle.progress.state === 'waiting', 'it to wait')
  assert.equal(handle.progress.waitingFor, 'server')
  await assertWhole(handle, bytes, description.title)
  assert.ok(performance.now() - refusedAt >= 1000)
})

test('a part that the store has lost is sent again', async () => {
  const { bytes, file, description } = newFilm()
  const startAt = sent + 2
  const send = sendBut((_, count) =>
    count === startAt ? Promise.resolve({ status: 200, headers: new Headers({ etag: '"lost"' }), text: '' }) : undefined
  )
  await assertWhole(ada.machine.upload(file, description, { ...options, send }), bytes, description.title)
})

test('patience ends: the error is that of the line', async () => {
  const { file, description } = newFilm()
  const handle = ada.machine.upload(file, description, { ...options, patienceSeconds: 0.5 })
  await line.after(8 * MiB)
  line.leave()
  await assert.rejects(handle.done, { name: 'ConnectionError' })
  line.back()
  assert.equal(handle.progress.state, 'failed')
})

test('a paused upload sends nothing, and goes on from what had arrived', async () => {
  const { bytes, file, description } = newFilm()
  const before = line.bytes()
  const handle = ada.machine.upload(file, description, options)
  await line.after(12 * MiB)
  handle.pause()
  assert.equal(handle.progress.state, 'paused')
  let [last, looks] = [0, 0]
  await until(() => {
    looks = line.bytes() === last ? looks + 1 : 0
    last = line.bytes()
    return looks === 10
  }, 'nothing more to come')
  assert.ok(last - before < bytes.length)
  handle.resume()
  handle.resume()
  await assertWhole(handle, bytes, description.title)
  assert.ok(line.bytes() - before < bytes.length + 2 * 5 * MiB + MiB, 'more than the parts under way was sent again')
})

test('progress can be read as an iterable, which throws what the upload fails with', async () => {
  const { file, description } = newFilm(MiB)
  const states: string[] = []
  for await (const { state } of ada.machine.upload(file, description, options)) states.push(state)
  assert.equal(states.at(-1), 'done')
  const refused = ada.machine.upload(file, { ...description, title: '' }, options)
  await assert.rejects(
    async () => {
      for await (const { state } of refused) states.push(state)
    },
    { code: 'validation_failed' }
  )
  assert.equal(states.at(-1), 'failed')
})

test('a file that was changed after it was chosen is told as such, not as a broken line', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'upload24-sdk-file-'))
  t.after(() => rm(folder, { recursive: true }))
  const path = join(folder, 'a.mp4')
  await writeFile(path, makeVideo(12 * MiB))
  const file = await openAsBlob(path)
  let isChanged = false
  const send: Send = async request => {
    if (!isChanged) await writeFile(path, 'something else')
    isChanged = true
    return sendByFetch(request)
  }
  const description = { title: 'Changed', accounts: [ada.account] }
  const handle = ada.machine.upload(file, description, { ...options, fileName: 'a.mp4', send })
  await assert.rejects(handle.done, { name: 'SourceError' })
})

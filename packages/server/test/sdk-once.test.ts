import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ClientOptions, memoryStore, type UploadStore } from '@upload24/sdk'
import { testDatabase } from './database.ts'
import { makeVideo } from './make-video.ts'
import { until } from './processes.ts'
import { fileOf, openSdkWorld } from './sdk-world.ts'

const MiB = 2 ** 20
const world = await openSdkWorld(await testDatabase())
const ada = await world.newPerson()
const { line } = world

let seed = 100
function newFilm(size = 23 * MiB) {
  const bytes = makeVideo(size, ++seed)
  return { bytes, file: fileOf(bytes), description: { title: `Once ${seed}`, accounts: [ada.account] } }
}
const parts = { partSize: 5 * MiB, parallel: 2 }

const newClient = (more: Partial<ClientOptions> = {}) => world.anyone({ apiKey: ada.key, ...more })
const reserved = async () => (await ada.machine.quota.read()).reserved
const count = async (title: string) => (await ada.titles()).filter(each => each === title).length

type Ask = NonNullable<ClientOptions['fetch']>

/** As a tab that is closed: after that question, or before it, it does nothing more, and tells nobody. */
function dieAt(isLast: (url: string) => boolean, before: boolean) {
  const { promise: buried, resolve } = Promise.withResolvers<Response>()
  let isDead = false
  const ask: Ask = async (url, init) => {
    if (isDead) return buried
    isDead = isLast(url)
    if (isDead && before) return buried
    const response = await fetch(url, init)
    return isDead ? buried : response
  }
  return { ask, bury: () => resolve(new Response(null, { status: 401 })) }
}

test('after a reload it goes on from what has arrived', async () => {
  const { bytes, file, description } = newFilm()
  const store = memoryStore()
  const before = line.bytes()
  const first = newClient().upload(file, description, { ...parts, store })
  await line.after(13 * MiB)
  first.pause()

  const [unfinished] = await store.list()
  assert.deepEqual(unfinished?.description, description)
  const again = fileOf(bytes)
  const second = newClient().upload(again, unfinished.description, { ...parts, store })
  const status = await second.done
  assert.ok(second.progress.isContinued)
  assert.ok(bytes.equals(await world.stored(status.file.fileId)))
  assert.ok(line.bytes() - before < bytes.length + 2 * 5 * MiB + MiB, 'what had arrived was sent again')
  assert.equal(await count(description.title), 1)
  assert.deepEqual(await store.list(), [])
})

test('a reload at any question to the server makes one upload and reserves its quota once', async () => {
  for (const path of ['presign-put', 'complete']) {
    for (const before of [true, false]) {
      const { file, description } = newFilm(MiB)
      const store = memoryStore()
      const held = await reserved()
      let isAsked = false
      const death = dieAt(url => {
        isAsked = url.endsWith(path)
        return isAsked
      }, before)
      const first = newClient({ fetch: death.ask }).upload(file, description, { ...parts, store })
      await until(() => isAsked, path)
      // What was asked has its effect, although nobody hears of it.
      const isMade = async () =>
        (path === 'complete' ? await count(description.title) : (await reserved()) - held) === 1
      if (!before) await until(isMade, 'its effect')
      const { title } = await newClient().upload(file, description, { ...parts, store }).done
      assert.equal(title, description.title)
      assert.equal(await count(title), 1, `${path}, ${before ? 'question' : 'answer'} lost`)
      assert.equal(await reserved(), held + 1)
      assert.deepEqual(await store.list(), [])
      death.bury()
      await assert.rejects(first.done)
    }
  }
})

test('lost answers to the session, to the last part and to complete make one upload', async t => {
  const original = globalThis.fetch
  t.after(() => {
    globalThis.fetch = original
  })
  for (const lost of ['presign-put', '/storage/', 'complete']) {
    const { file, description } = newFilm(MiB)
    const held = await reserved()
    let isLost = false
    globalThis.fetch = async (url, init) => {
      const response = await original(url, init)
      if (isLost || !String(url).includes(lost)) return response
      isLost = true
      throw new TypeError('the line broke')
    }
    await newClient().upload(file, description, parts).done
    assert.ok(isLost)
    assert.equal(await count(description.title), 1)
    assert.equal(await reserved(), held + 1)
  }
})

test('two presses of Send for one file make one upload', async () => {
  const { file, description } = newFilm()
  const store = memoryStore()
  const both = [1, 2].map(() => newClient().upload(file, description, { ...parts, store }))
  const [one, other] = await Promise.all(both.map(({ done }) => done))
  assert.equal(one?.uploadId, other?.uploadId)
  assert.equal(await count(description.title), 1)
})

test('another description is another upload', async () => {
  const { file, description } = newFilm(MiB)
  const store = memoryStore()
  const first = newClient().upload(file, description, { ...parts, store })
  const second = newClient().upload(file, { ...description, title: 'Other' }, { ...parts, store })
  assert.notEqual((await first.done).uploadId, (await second.done).uploadId)
})

test('an abort gives the quota back, at every stage', async () => {
  const held = await reserved()
  for (const stage of ['preparing', 'sending', 'paused', 'waiting']) {
    const { file, description } = newFilm()
    const store = memoryStore()
    const handle = newClient().upload(file, description, { ...parts, store })
    if (stage !== 'preparing') await line.after(8 * MiB)
    if (stage === 'paused') handle.pause()
    if (stage === 'waiting') line.leave()
    await until(() => handle.progress.state === stage, stage)
    if (stage === 'waiting') line.back()
    await handle.abort()
    await assert.rejects(handle.done, { name: 'AbortError' })
    assert.equal(handle.progress.state, 'aborted')
    assert.equal(await reserved(), held, stage)
    assert.deepEqual(await store.list(), [])
    assert.equal(await count(description.title), 0)
  }
})

test('an abort that comes too late says so, and the upload is told', async () => {
  const { file, description } = newFilm(MiB)
  let isMade = false
  const hang: Ask = async (url, init) => {
    const response = await fetch(url, init)
    if (isMade || !url.endsWith('complete')) return response
    isMade = true
    return new Promise((_, reject) => init.signal?.addEventListener('abort', () => reject(init.signal?.reason)))
  }
  const handle = newClient({ fetch: hang }).upload(file, description, parts)
  await until(() => isMade, 'the upload to be made')
  await assert.rejects(handle.abort(), { code: 'session_completed' })
  assert.equal((await handle.done).title, description.title)
  assert.equal(handle.progress.state, 'done')
})

test('a signal aborts', async () => {
  const { file, description } = newFilm()
  const leaving = new AbortController()
  const handle = newClient().upload(file, description, { ...parts, signal: leaving.signal })
  await line.after(8 * MiB)
  leaving.abort()
  await assert.rejects(handle.done, { name: 'AbortError' })
})

test('a file that no account would take is refused for good, and holds no quota', async () => {
  const held = await reserved()
  const store = memoryStore()
  const text = fileOf(Buffer.from('no film at all'.repeat(100)))
  const handle = newClient().upload(text, { title: 'Text', accounts: [ada.account] }, { store })
  await assert.rejects(handle.done, { code: 'file_invalid' })
  assert.equal(await reserved(), held)
  assert.deepEqual(await store.list(), [])
})

test('what the server refuses before anything was sent leaves nothing behind', async () => {
  const store = memoryStore()
  const { file, description } = newFilm(MiB)
  const handle = newClient().upload(file, { ...description, scheduledOn: '2001-01-01T00:00:00Z' }, { store })
  await assert.rejects(handle.done, error => {
    assert.equal((error as { errors: { path: string }[] }).errors[0]?.path, 'scheduledOn')
    return true
  })
  assert.deepEqual(await store.list(), [])
})

test('a session that was ended meanwhile is followed by a new one', async () => {
  const { file, description } = newFilm()
  const store = memoryStore()
  const first = newClient().upload(file, description, { ...parts, store })
  await line.after(8 * MiB)
  first.pause()
  const [{ sessionToken = '' } = {}] = await store.list()
  await ada.machine.uploads.abort({ sessionToken })
  const second = newClient().upload(file, description, { ...parts, store })
  await second.done
  assert.equal(second.progress.isContinued, false)
  assert.equal(await count(description.title), 1)
  // The first one finds its session gone, and does not make another.
  first.resume()
  await assert.rejects(first.done, { code: 'session_aborted' })
  assert.equal(await count(description.title), 1)
})

test('a store that keeps nothing does no harm', async () => {
  const { file, description } = newFilm(MiB)
  const store: UploadStore = { load: async () => undefined, save: async () => {}, remove: async () => {} }
  await newClient().upload(file, description, { store }).done
  assert.equal(await count(description.title), 1)
})

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factsOf, identify } from './identity.ts'
import { browserStore, memoryStore, type UploadRecord } from './store.ts'

const bytes = new Uint8Array(3_000_000).map((_, at) => (at * 2_654_435_761) >>> 13)
const fileOf = (content: Uint8Array<ArrayBuffer>, name = 'a.mp4', lastModified = 1) =>
  new File([content], name, { type: 'video/mp4', lastModified })
const description = { title: 'A', accounts: ['account_1'] }
const keyOf = (file: File, described: object = description) => identify(file, factsOf(file, {}), described)

test('the same file with the same description is known again; anything else is another', async () => {
  const key = await keyOf(fileOf(bytes))
  assert.equal(await keyOf(fileOf(bytes.slice())), key)
  assert.equal(await keyOf(fileOf(bytes), { accounts: ['account_1'], title: 'A' }), key)
  const changed = bytes.slice()
  changed[2_999_999] = 0x7f
  const others = await Promise.all([
    keyOf(fileOf(changed)),
    keyOf(fileOf(bytes, 'b.mp4')),
    keyOf(fileOf(bytes, 'a.mp4', 2)),
    keyOf(fileOf(bytes.slice(1))),
    keyOf(fileOf(bytes), { ...description, accounts: ['account_2'] })
  ])
  assert.equal(new Set([key, ...others]).size, 6)
  assert.equal(await keyOf(fileOf(new Uint8Array(1))), await keyOf(fileOf(new Uint8Array(1))))
})

test('what browsers do not know is told by the name, or has to be', () => {
  const typeOf = (name: string, type = '') => factsOf(new File([], name, { type }), {}).contentType
  assert.equal(typeOf('a.MKV'), 'video/x-matroska')
  assert.equal(typeOf('a.mp4', 'application/octet-stream'), 'video/mp4')
  assert.equal(typeOf('a', 'video/webm'), 'video/webm')
  assert.throws(() => typeOf('a.bin'), TypeError)
  assert.throws(() => factsOf(new Blob([]), {}), TypeError)
  assert.equal(factsOf(new Blob([]), { fileName: 'a.mov' }).contentType, 'video/quicktime')
})

const record = (key: string, secondsAgo = 0): UploadRecord => ({
  key,
  startedAt: new Date(Date.now() - secondsAgo * 1000).toISOString(),
  file: { name: 'a.mp4', size: 1, lastModified: 0, contentType: 'video/mp4' },
  description,
  sessionKey: 'k'
})

test('a store forgets what cannot be continued any more', async () => {
  const store = memoryStore()
  for (const [key, age] of [
    ['old', 90_000],
    ['earlier', 60],
    ['now', 0]
  ] as const)
    await store.save(record(key, age))
  assert.equal(await store.load('old'), undefined)
  assert.deepEqual(
    (await store.list()).map(({ key }) => key),
    ['now', 'earlier']
  )
  await store.remove('now')
  assert.equal(await store.load('now'), undefined)
})

test('a browser that keeps nothing, or something else, stops no upload', async () => {
  const full = browserStore({
    length: 1,
    key: () => 'upload24:x',
    getItem: () => '{"not":"ours"',
    setItem() {
      throw new DOMException('full', 'QuotaExceededError')
    },
    removeItem() {}
  })
  await full.save(record('a'))
  assert.deepEqual(await full.list(), [])
  const none = browserStore(undefined)
  await none.save(record('a'))
  assert.equal(await none.load('a'), undefined)
})

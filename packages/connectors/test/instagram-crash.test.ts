import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { memoryShelf, type Shelf } from '../src/sandbox.ts'
import { type Linked, link, openWorld, PROJECT, type World } from './world.ts'

const file = Buffer.alloc(50_001, 7)
let isAway = false
let world: World
let page: Linked
before(async () => {
  const shelf = memoryShelf()
  const update: Shelf['update'] = (kind, id, change, at) =>
    shelf.update(
      kind,
      id,
      doc => {
        const next = change(doc)
        if (isAway && JSON.stringify(next).includes('"received":{')) throw new Error('the database is away')
        return next
      },
      at
    )
  world = await openWorld('instagram', { shelf: { ...shelf, update } })
  page = await link(world, 0, 'facebook')
})
after(() => world.close())

test('a film whose last byte came when the sandbox could not note it is processed all the same', async () => {
  // biome-ignore lint/suspicious/noExplicitAny: what the platform answers, looked at member by member
  const graph = async (method: string, path: string, body?: object): Promise<any> => {
    const headers = { authorization: `Bearer ${page.tokens.access}`, 'content-type': 'application/json' }
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }
    return (await fetch(`${world.base}/h/graph.facebook.com/v25.0/${path}`, init)).json()
  }
  const created = { media_type: 'REELS', upload_type: 'resumable', caption: 'A caption' }
  const { id, uri } = await graph('POST', `${page.account.remoteId}/media`, created)
  isAway = true
  const headers = { authorization: `OAuth ${page.tokens.access}`, offset: '0', file_size: String(file.length) }
  const sent = fetch(uri, { method: 'POST', headers, body: file })
  await assert.rejects(sent)
  assert.equal(world.errors.splice(0).length, 1)
  isAway = false

  const read = () => graph('GET', `${id}?fields=status_code,video_status`)
  const all = await Promise.all(Array.from({ length: 5 }, read))
  assert.ok(all.every(each => each.status_code === 'IN_PROGRESS'))
  world.clock.now = new Date(world.clock.now.getTime() + 2000)
  const { status_code: status, video_status: video } = await read()
  assert.deepEqual(
    [status, video.uploading_phase],
    ['FINISHED', { status: 'complete', bytes_transferred: file.length }]
  )
  await graph('POST', `${page.account.remoteId}/media_publish`, { creation_id: id })
  assert.equal((await world.sandbox.posts(PROJECT))[0]?.sha256, world.sha256(file))
})

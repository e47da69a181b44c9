import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { type Linked, link, openWorld, PROJECT, type World } from './world.ts'

type Fields = Readonly<Record<string, unknown>> & { readonly id: string }
interface Page extends Array<Fields> {
  next(): Promise<Page>
  hasNext(): boolean
}
/** What is used of Meta's client, which brings no types. */
interface Sdk {
  readonly FacebookAdsApi: { init(token: string, locale: string, crashLog: boolean): unknown }
  readonly IGUser: new (
    id: string
  ) => {
    createMedia(fields: string[], params: object): Promise<Fields>
    createMediaPublish(fields: string[], params: object): Promise<Fields>
    getMedia(fields: string[], params?: object): Promise<Page>
    getContentPublishingLimit(fields: string[]): Promise<Page>
  }
  readonly IGMedia: new (
    id: string
  ) => {
    get(fields: string[]): Promise<Fields>
    createComment(fields: string[], params: object): Promise<Fields>
  }
}
const { FacebookAdsApi, IGUser, IGMedia } = createRequire(import.meta.url)('facebook-nodejs-business-sdk') as Sdk
const file = Buffer.alloc(200_001, 3)
let world: World
let linked: Linked
before(async () => {
  world = await openWorld('instagram')
  linked = await link(world, 0, 'facebook')
  // The client has no setting for its host.
  Object.defineProperty(FacebookAdsApi, 'GRAPH', { get: () => `${world.base}/h/graph.facebook.com` })
  FacebookAdsApi.init(linked.tokens.access, 'en_US', false)
})
after(() => world.close())

const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}

test("Meta's own client publishes a fetched reel, reads its address, pages through the list and comments", async () => {
  const user = new IGUser(linked.account.remoteId)
  for (let i = 0; i < 3; i++) {
    const video_url = world.serve(file).href
    const container = await user.createMedia([], { media_type: 'REELS', video_url, caption: `Reel ${i}` })
    const early = await user.createMediaPublish([], { creation_id: container.id }).catch((error: unknown) => error)
    assert.equal((early as { response: { error_subcode: number } }).response.error_subcode, 2207027)
    wait(2)
    const { status_code } = await new IGMedia(container.id).get(['status_code', 'status'])
    assert.equal(status_code, 'FINISHED')
    const media = await user.createMediaPublish([], { creation_id: container.id })
    const read = await new IGMedia(media.id).get(['permalink', 'shortcode', 'timestamp', 'media_product_type'])
    assert.equal(read.media_product_type, 'REELS')
    assert.equal(read.permalink, `https://www.instagram.com/reel/${read.shortcode}/`)
    await new IGMedia(media.id).createComment([], { message: 'First' })
  }
  const cursor = await user.getMedia(['id', 'caption'], { limit: 2 })
  const captions: string[] = cursor.map(item => String(item.caption))
  const next = await cursor.next()
  captions.push(...next.map(item => String(item.caption)))
  assert.deepEqual(captions, ['Reel 2', 'Reel 1', 'Reel 0'])
  assert.equal(next.hasNext(), false)
  const [limit] = await user.getContentPublishingLimit(['quota_usage', 'config'])
  assert.deepEqual([limit?.quota_usage, limit?.config], [3, { quota_total: 50, quota_duration: 86_400 }])
  const posts = await world.sandbox.posts(PROJECT)
  assert.deepEqual(new Set(posts.map(post => post.sha256)), new Set([world.sha256(file)]))
})

test("Meta's own client understands a refusal", async () => {
  const stranger = new IGUser('17841400000000001')
  const error = await stranger.getMedia(['id']).catch((thrown: unknown) => thrown)
  const { response } = error as { response: { code: number; error_subcode: number } }
  assert.deepEqual([response.code, response.error_subcode], [100, 33])
})

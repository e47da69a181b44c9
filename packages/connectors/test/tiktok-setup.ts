import assert from 'node:assert/strict'
import { after, before, beforeEach } from 'node:test'
import type { Post, Progress } from '../src/index.ts'
import { deliver, type Run } from './driver.ts'
import { contextOf, type Linked, link, openWorld, PROJECT, postOf, type World } from './world.ts'

/** One world for the tests of a file, its posts and faults cleared before each. */
export let world: World
export let linked: Linked
export const OPEN = { privacyLevel: 'PUBLIC_TO_EVERYONE' }
export const small = Buffer.alloc(3000, 1)
before(async () => {
  world = await openWorld('tiktok')
})
after(() => world.close())
beforeEach(async () => {
  await world.sandbox.setFaults(PROJECT, {})
  await world.sandbox.clear(PROJECT)
  linked = await link(world)
})

export const wait = (seconds: number): void => {
  world.clock.now = new Date(world.clock.now.getTime() + seconds * 1000)
}
export const posts = () => world.sandbox.posts(PROJECT)
export const context = (call: 'prepare' | 'send' | 'check', commits = false) =>
  contextOf(world, linked, { call, commits })
export const post = (options: object = OPEN, file: Buffer = small, more: Partial<Post<unknown>> = {}) =>
  postOf(world, file, linked.account, more, options)
export const run = (options: object = OPEN, file: Buffer = small): Promise<Run> =>
  deliver(world, linked, post(options, file), file)
export const publisher = () => world.connector.publisher

export async function open(file: Buffer = small): Promise<Progress<unknown> & { at: 'transfer' }> {
  const opened = await publisher().prepare(null, post(OPEN, file), context('prepare'))
  assert.ok(opened.at === 'transfer')
  return opened
}

/** Size, `chunk_size`, `total_chunk_count`, and where the last chunk begins: the table of the media transfer guide. */

/** Signs in anew: what the sandbox grants by now. */
export async function relink(): Promise<void> {
  linked = await link(world)
}

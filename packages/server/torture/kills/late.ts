import { CEILING, LEASE } from '../../src/deliveries/machine.ts'
import { until } from '../../test/processes.ts'
import { nextFilm } from '../films.ts'
import { type History, unreached } from '../history.ts'
import { judge } from '../judge.ts'
import { PLATFORMS } from '../platforms.ts'
import { untilQuiet } from '../quiet.ts'
import { untilReached } from '../reach.ts'
import { openTenant } from '../tenant.ts'
import type { Seen } from '../wire.ts'
import type { Process, World } from '../world.ts'

interface Commit {
  /** Where the worker dies. */
  readonly point: string
  readonly isIt: (exchange: Seen) => boolean
  /** Which one of those. */
  readonly nth: number
}

/** The exchange that makes the post: where it is the last chunk, films have as many as are counted here. */
const COMMITS: Readonly<Record<string, Commit>> = {
  instagram: { point: 'sent POST media_publish 1', isIt: ({ path }) => path.endsWith('/media_publish'), nth: 1 },
  youtube: { point: 'sent PUT upload/youtube/videos 3', isIt: PLATFORMS.youtube.isTransfer, nth: 3 },
  tiktok: { point: 'sent PUT video 6', isIt: PLATFORMS.tiktok.isTransfer, nth: 6 }
}

export function commitOf(platform: string): Commit {
  const commit = COMMITS[platform]
  if (!commit) throw new Error(`${platform} has no commit of its own`)
  return commit
}

/**
 * A worker dies with the committing request on its way, and that request takes effect so many seconds later: as long as it
 * may, which is to the end of the lease and of a request's own life after it.
 */
export const lateCommit = (platform: string, name: string, seconds: number): History<World> => ({
  name: `${platform}: killed while its commit is on the way for ${seconds} s`,
  group: `${name}, worker killed`,
  async run(world) {
    const commit = commitOf(platform)
    const [worker] = (await world.workers(1)) as [Process]
    const tenant = await openTenant(world, platform)
    const film = nextFilm(tenant.platform.bytes)
    const arrives = Promise.withResolvers<void>()
    let count = 0
    let held: Seen | undefined
    world.wire.hold = one => {
      const isIt = one.platform === platform && commit.isIt(one) && ++count === commit.nth
      if (!isIt) return undefined
      held = one
      return arrives.promise
    }
    try {
      await worker.order({ do: 'kill', at: commit.point })
      const uploadId = await tenant.send(film)
      const isDead = () => worker.diedAt() !== null
      const isReached = await untilReached(isDead, untilQuiet(world, tenant, uploadId, { until: isDead }))
      if (!isReached) return unreached(await judge(world, tenant, uploadId, film))
      await world.workers(1)
      const arrive = async () => {
        arrives.resolve()
        await until(() => held?.status !== undefined, 'the effect of the commit')
      }
      return await judge(world, tenant, uploadId, film, { waiting: { pause: { after: seconds, do: arrive } } })
    } finally {
      arrives.resolve()
      world.wire.hold = undefined
    }
  }
})

/** Less what really passes until the take-over. */
export const LATEST = LEASE + CEILING - 15

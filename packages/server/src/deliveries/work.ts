import {
  type Account,
  type Answer,
  type Connector,
  type Exchange,
  type Http,
  Lost,
  openHttp,
  type Post,
  type Publisher,
  Refused
} from '@upload24/connectors'
import { openPauses } from '../accounts/pauses.ts'
import { remoteOf } from '../accounts/remote.ts'
import { accessToken, LEAST, LEAST_FOR_TRANSFER, markNeedsRelink, renew } from '../accounts/tokens.ts'
import type { App } from '../app.ts'
import { publicId } from '../lib/ids.ts'
import type { Platforms } from '../platforms/platforms.ts'
import type { Found, LinkedAccount } from './claim-queries.ts'
import { LeaseLost, type Row, type Store, type Work } from './engine.ts'
import type { MovingFence } from './fence.ts'
import { readPost } from './follow-ups/queries.ts'
import type { Journal } from './journal.ts'
import { type Call, commits, shapeOf } from './machine.ts'
import { openMedia } from './media.ts'
import { giveBackLease } from './queries.ts'
import { toPost } from './rows.ts'

/** Seconds between two beats of a row while bytes are sent. */
const BEAT = 20

export interface Job {
  readonly app: App
  readonly platforms: Platforms
  readonly connector: Connector
  /** The connector's own, or that of the follow-up. */
  readonly publisher: Publisher<any, any>
  readonly claimed: Found
  readonly store: Store
  readonly journal: Journal
  readonly fence: MovingFence
  /** The process is to stop. */
  readonly stop: AbortSignal
  /** Others wait for this slot. */
  makesRoom(): boolean
}

/**
 * All that the engine needs for one claimed delivery. `close` lets go of a chunk that was opened and never sent.
 * Throws Missing when its file is gone.
 */
export async function openWork(job: Job): Promise<Work & { close(): void }> {
  const { app, claimed, connector, store, fence } = job
  const row = claimed.account
  const account = remoteOf(row)
  const media = openMedia(app, claimed, claimed.file)
  const pauses = openPauses(connector)
  const post: Post<unknown> = {
    title: claimed.title,
    description: claimed.description,
    options: claimed.options,
    media: media.about,
    marker: publicId('delivery', claimed.id).slice('delivery_'.length),
    ...(await followedBy(job))
  }
  return {
    store,
    post,
    publisher: job.publisher,
    open: media.open,
    close: media.close,
    takePauses: pauses.take,
    makesRoom: async current => job.makesRoom() && (await giveBackLease(app.database.db, current)),
    context: (current, call) => ({
      http: openExchange(job, row, account, current, call, pauses.hear),
      account,
      now: current.now
    }),
    beating(current) {
      const timer = setInterval(() => void store.beat(current).catch(() => fence.close()), BEAT * 1000)
      return { stop: () => clearInterval(timer) }
    },
    onLost(error, call) {
      const about = { deliveryId: publicId('delivery', claimed.id), tenantId: claimed.tenantId, call }
      if (error instanceof Lost || error instanceof Refused) app.log.info(about, 'an exchange was not answered')
      else app.log.error({ ...about, bug: placeOf(error) }, 'a connector failed')
    }
  }
}

/** What a follow-up follows: read at each claim, since the post's id may come late. */
async function followedBy({ app, claimed }: Job): Promise<Pick<Post<unknown>, 'of' | 'part'>> {
  const { tenantId, parentId, part } = claimed
  if (parentId === null || part === null) return {}
  const post = await readPost(app.database.db, { tenantId, id: parentId })
  return { part, of: (post && toPost(post)) ?? {} }
}

/** The connector's http for one step: its hosts, its token, the fence of its row. */
function openExchange(
  job: Job,
  row: LinkedAccount,
  account: Account,
  current: Row,
  call: Call,
  hear: (answer: Answer, now: Date) => void
): Http {
  const { app, platforms, connector, publisher, claimed, fence, journal } = job
  const about = { deliveryId: publicId('delivery', claimed.id), tenantId: claimed.tenantId, call }
  let used = ''
  const hosts = connector.hosts(account)
  const map = platforms.hostsOf(row)
  const hearRenewal = (exchange: Exchange) => journal.renewed(exchange, map)
  const token = async () => {
    const leastSeconds = call === 'send' ? LEAST_FOR_TRANSFER : LEAST
    used = await accessToken(app, platforms, row, { leastSeconds, hear: hearRenewal })
    return used
  }
  const http = openHttp({
    network: platforms.network,
    connector,
    hosts,
    map,
    call,
    commits: commits(current.delivery, call, shapeOf(publisher)),
    now: current.now,
    fence,
    token,
    renew: async refused => {
      used = await renew(app, platforms, row, refused, hearRenewal)
      return used
    },
    onExchange(exchange) {
      app.log.debug({ ...about, ...exchange }, 'exchange')
      journal.exchanged(call, exchange, map)
    },
    onAnswer: answer => hear(answer, current.now)
  })
  return async (host, path, init) => {
    try {
      const answer = await http(host, path, init)
      journal.judge(call)
      return answer
    } catch (error) {
      journal.judge(call, error)
      // Cut by our own stop: the doubt that is written stands, and the next worker asks at once.
      if (job.stop.aborted && error instanceof Lost) throw new LeaseLost()
      // Believed only for the token that was refused: another process may have renewed it, or its owner signed in again.
      if (error instanceof Refused && error.failure.kind === 'relink') {
        if (!(await markNeedsRelink(app, row, used, error.failure))) throw new Refused(REPLACED, error.status)
      }
      throw error
    }
  }
}

const REPLACED = {
  kind: 'retry',
  scope: 'delivery',
  code: 'sign_in_replaced',
  message: 'The sign-in was renewed meanwhile. It goes on with the new one.'
} as const

/** Where a bug happened. Its message may quote an answer or an upload's address. */
const placeOf = (error: unknown) =>
  error instanceof Error ? [error.name, ...(error.stack?.match(/^ {4}at .*$/gm)?.slice(0, 5) ?? [])] : 'no error'

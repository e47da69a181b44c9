import type { z } from 'zod'
import type { Context, Doubt } from '../connector.ts'
import { fold } from '../text.ts'
import { at } from './graph.ts'
import { type InstagramState, MediaList, Quota, read } from './shapes.ts'

export type Item = z.infer<typeof MediaList>['data'][number]

/** The account's newest posts. */
export async function listMedia({ http, account }: Context, limit: number): Promise<readonly Item[]> {
  const query = { fields: 'id,timestamp,permalink,caption', limit: String(limit) }
  return read(MediaList, await http('api', at(`${account.remoteId}/media`, query))).data
}

/** Posts of the moving day. The limit is what Instagram says today: its pages disagree (50, 100). */
export async function readQuota({ http, account }: Context): Promise<{ used: number; total: number }> {
  const res = await http('api', at(`${account.remoteId}/content_publishing_limit`, { fields: 'quota_usage,config' }))
  const [quota] = read(Quota, res).data
  return { used: quota?.quota_usage ?? 0, total: quota?.config?.quota_total ?? Number.POSITIVE_INFINITY }
}

/** New posts that nobody else holds. */
export interface Found {
  /** With our caption. */
  readonly ours: readonly Item[]
  /** Of which the caption is not told, or may have been ours before it was cut or its marks were changed. */
  readonly doubtful: readonly Item[]
  /** With other words: another tool's, or ours after somebody has edited it. */
  readonly others: readonly Item[]
  /** The list goes back to before the publish call: what it does not hold is not there. */
  readonly isWhole: boolean
}

/** The newest posts that are looked through. */
const NEWEST = 25

/** What is new since the publish call. Never "the newest is ours". */
export async function search(state: InstagramState, ctx: Context, doubt: Doubt): Promise<Found> {
  const since = doubt.since.getTime() - 60_000
  const seen = state.publish?.seen ?? []
  const newest = await listMedia(ctx, NEWEST)
  const isNew = ({ id, timestamp }: Item): boolean => !seen.includes(id) && timeOf(timestamp) >= since
  const found = Map.groupBy(
    newest.filter(item => isNew(item) && !doubt.taken.includes(item.id)),
    ({ caption }) => likenessOf(caption, state.caption)
  )
  const { ours = [], doubtful = [], others = [] } = Object.fromEntries(found)
  return { ours, doubtful, others, isWhole: newest.length < NEWEST || !newest.every(isNew) }
}

function likenessOf(caption: string | undefined, wanted: string): 'ours' | 'doubtful' | 'others' {
  if (caption === undefined) return 'doubtful'
  if (fold(caption) === fold(wanted)) return 'ours'
  const [short = '', long = ''] = [bare(caption), bare(wanted)].sort((a, b) => a.length - b.length)
  return short === long || (short !== '' && long.startsWith(short)) ? 'doubtful' : 'others'
}

/** Letters and digits alone. */
const bare = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')

/** `2026-11-22T10:00:00+0000`. Without a time it may be new. */
export const timeOf = (timestamp: string | undefined): number =>
  timestamp === undefined
    ? Number.POSITIVE_INFINITY
    : Date.parse(timestamp.replace(/([+-]\d\d)(\d\d)$/, (_, hours, minutes) => `${hours}:${minutes}`))

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

export interface Found {
  /** New posts with our caption. */
  readonly ours: readonly Item[]
  /** New posts whose caption is not told. */
  readonly unnamed: readonly Item[]
}

/** What is new since the publish call. Never "the newest is ours". */
export async function search(state: InstagramState, ctx: Context, doubt: Doubt): Promise<Found> {
  const since = doubt.since.getTime() - 60_000
  const seen = state.publish?.seen ?? []
  const fresh = (await listMedia(ctx, 25)).filter(
    ({ id, timestamp }) => !seen.includes(id) && !doubt.taken.includes(id) && timeOf(timestamp) >= since
  )
  const wanted = fold(state.caption)
  return {
    ours: fresh.filter(({ caption }) => caption !== undefined && fold(caption) === wanted),
    unnamed: fresh.filter(({ caption }) => caption === undefined)
  }
}

/** `2026-11-22T10:00:00+0000`. Without a time it may be new. */
export const timeOf = (timestamp: string | undefined): number =>
  timestamp === undefined
    ? Number.POSITIVE_INFINITY
    : Date.parse(timestamp.replace(/([+-]\d\d)(\d\d)$/, (_, hours, minutes) => `${hours}:${minutes}`))

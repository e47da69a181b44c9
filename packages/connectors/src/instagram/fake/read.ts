import { json, type Reply } from '../../sandbox/reply.ts'
import type { Signed } from './api.ts'
import { refuse } from './errors.ts'
import type { InstagramFaults } from './faults.ts'
import { accountsOf, isFacebook, type MediaDoc, peopleOf, profilesOf, type World } from './model.ts'
import { fieldsOf, pick, textOf, timestamp } from './params.ts'

const DAY_MS = 86_400_000
const QUOTA = 50

/** The platform's own resource of a post. */
export const mediaResource = (
  id: string,
  doc: MediaDoc,
  { hideCaptions, alterCaptions }: Pick<InstagramFaults, 'hideCaptions' | 'alterCaptions'> = {}
): Record<string, unknown> => ({
  id,
  media_type: 'VIDEO',
  media_product_type: 'REELS',
  permalink: `https://www.instagram.com/reel/${doc.shortcode}/`,
  shortcode: doc.shortcode,
  timestamp: timestamp(doc.createdAt),
  username: profilesOf(doc.project).find(p => p.id === doc.account)?.username,
  is_shared_to_feed: doc.params.share_to_feed !== false && doc.params.share_to_feed !== 'false',
  caption: hideCaptions ? undefined : altered(doc.params.caption, alterCaptions)
})

const altered = (caption: unknown, how: InstagramFaults['alterCaptions']): unknown =>
  how === undefined || typeof caption !== 'string'
    ? caption
    : how === 'cut'
      ? caption.replace(/\s+\S*$/, '').toUpperCase()
      : 'Edited in the app'

const mediaOf = async (account: string, project: string, { model }: World) =>
  (await model.list('media', project)).filter(({ doc }) => doc.account === account)

/** GET /{ig-user-id}/media: newest first. */
export async function listMedia(account: string, { params, caller, address }: Signed, world: World): Promise<Reply> {
  const faults = await world.faults.get(caller.project)
  const { showPostsAfterSeconds = 0 } = faults
  const until = new Date(world.deps.now().getTime() - showPostsAfterSeconds * 1000).toISOString()
  const shown = (await mediaOf(account, caller.project, world))
    .filter(({ doc }) => doc.createdAt <= until)
    .reverse()
    .sort((a, b) => b.doc.createdAt.localeCompare(a.doc.createdAt))
  const size = Math.min(100, Number(textOf(params, 'limit') ?? 25))
  const from = Number(Buffer.from(textOf(params, 'after') ?? '', 'base64url').toString() || 0)
  const fields = fieldsOf(params, 'id')
  const data = shown.slice(from, from + size).map(({ id, doc }) => pick(mediaResource(id, doc, faults), fields))
  const cursor = (at: number): string => Buffer.from(String(at)).toString('base64url')
  const isMore = from + size < shown.length
  const query = new URLSearchParams({ after: cursor(from + size) })
  for (const name of Object.keys(params)) if (name !== 'after') query.set(name, textOf(params, name) ?? '')
  const next = isMore ? { next: `${address}?${query}` } : {}
  const paging = { cursors: { before: cursor(from), after: cursor(from + size) }, ...next }
  return json(200, data.length === 0 ? { data } : { data, paging })
}

/** GET /{ig-media-id} */
export async function readMedia(id: string, doc: MediaDoc, { params, caller }: Signed, world: World): Promise<Reply> {
  const faults = await world.faults.get(caller.project)
  return json(200, pick(mediaResource(id, doc, faults), fieldsOf(params, 'id')))
}

/** Posts of the moving day, with those of other tools. */
export async function quotaOf(
  account: string,
  project: string,
  world: World
): Promise<{ used: number; total: number }> {
  const { quotaTotal = world.deps.quota?.uploads ?? QUOTA, quotaUsed = 0 } = await world.faults.get(project)
  const since = new Date(world.deps.now().getTime() - DAY_MS).toISOString()
  const own = (await mediaOf(account, project, world)).filter(({ doc }) => doc.createdAt > since)
  return { used: own.length + quotaUsed, total: quotaTotal }
}

/** GET /{ig-user-id}/content_publishing_limit */
export async function readLimit(account: string, { params, caller }: Signed, world: World): Promise<Reply> {
  const { used, total } = await quotaOf(account, caller.project, world)
  const all = { quota_usage: used, config: { quota_total: total, quota_duration: 86_400 } }
  const fields = fieldsOf(params, 'quota_usage')
  return json(200, { data: [Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name)))] })
}

/** GET /me: of Instagram Login the account, of Facebook Login the person or the Page. */
export async function readMe({ params, caller }: Signed, world: World): Promise<Reply> {
  const { personalAccount } = await world.faults.get(caller.project)
  const [profile] = accountsOf(caller)
  if (isFacebook(caller.kind)) {
    const isPage = caller.kind === 'fbPage'
    const all = {
      id: isPage ? profile?.pageId : caller.account,
      name: isPage ? profile?.name : peopleOf(caller.project).find(p => p.id === caller.account)?.name
    }
    return json(200, pick(all, fieldsOf(params, 'id,name')))
  }
  const all = {
    id: `99${caller.account.slice(2)}`,
    user_id: caller.account,
    username: profile?.username,
    name: profile?.name,
    account_type: personalAccount ? 'PERSONAL' : 'BUSINESS',
    followers_count: 0,
    media_count: (await mediaOf(caller.account, caller.project, world)).length
  }
  return json(200, pick(all, fieldsOf(params, 'id')))
}

/** GET /me/accounts: the Pages, each with a token of its own. */
export async function listPages({ params, caller }: Signed, world: World): Promise<Reply> {
  if (caller.kind === 'fbPage')
    throw refuse(400, 100, 0, { message: '(#100) Tried accessing nonexisting field (accounts)' })
  if (!caller.scopes.includes('pages_show_list')) return json(200, { data: [] })
  const { noAccounts, noTasks } = await world.faults.get(caller.project)
  const fields = fieldsOf(params, 'id,name,access_token,tasks')
  const data = []
  for (const profile of accountsOf(caller)) {
    const holder = { ...caller, account: profile.id }
    const token = fields.includes('access_token')
      ? // "If you used a short-lived User access token, the Page access token is valid for only 1 hour."
        await world.signIns.fbPage.issue(holder, {
          isLasting: false,
          ...(caller.kind === 'fbShort' ? { accessSeconds: 3600 } : {})
        })
      : undefined
    const account = { id: profile.id, username: profile.username, name: profile.name }
    const all = {
      id: profile.pageId,
      name: `Page of ${profile.name}`,
      access_token: token?.access,
      tasks: noTasks ? ['ANALYZE'] : ['ADVERTISE', 'ANALYZE', 'CREATE_CONTENT', 'MESSAGING', 'MODERATE', 'MANAGE'],
      instagram_business_account: noAccounts ? undefined : account
    }
    data.push(pick(all, fields))
  }
  // A Page to which no Instagram account is connected.
  data.push(pick({ id: `2${caller.account}`, name: 'Page without Instagram', tasks: ['MANAGE'] }, fields))
  return json(200, { data, paging: { cursors: { before: 'QQ', after: 'Qg' } } })
}

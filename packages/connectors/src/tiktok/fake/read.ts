import type { Reply } from '../../sandbox/reply.ts'
import type { Ask } from './api.ts'
import { fail, ok, refuse } from './errors.ts'
import { creatorOf, hasId, isDone, type World } from './model.ts'

const BASIC = ['open_id', 'union_id', 'avatar_url', 'avatar_url_100', 'avatar_large_url', 'display_name']
const PROFILE = ['username', 'bio_description', 'profile_deep_link', 'is_verified']

/** GET /v2/user/info/. `fields` is required, and each field needs its scope. */
export async function userInfo({ caller, query }: Ask): Promise<Reply> {
  const fields = query.get('fields')?.split(',').filter(Boolean) ?? []
  if (fields.length === 0) throw refuse(400, 'invalid_params', 'The fields are missing.')
  const unknown = fields.find(field => !BASIC.includes(field) && !PROFILE.includes(field))
  if (unknown !== undefined) throw refuse(400, 'invalid_params', `The field ${unknown} is unknown.`)
  if (fields.some(field => PROFILE.includes(field)) && !caller.scopes.includes('user.info.profile'))
    throw refuse(400, 'scope_permission_missed')
  const creator = creatorOf(caller.project, caller.account)
  const all: Record<string, unknown> = {
    open_id: creator.id,
    union_id: `union-${creator.id}`,
    avatar_url: '',
    avatar_url_100: '',
    avatar_large_url: '',
    display_name: creator.name,
    username: creator.username,
    bio_description: '',
    profile_deep_link: `https://vm.tiktok.com/${creator.username}`,
    is_verified: false
  }
  return ok({ user: Object.fromEntries(fields.map(field => [field, all[field]])) })
}

/** What a creator may do at this moment. */
export async function settingsOf(project: string, account: string, { faults }: World) {
  const creator = creatorOf(project, account)
  const { creator: other = {} } = await faults.get(project)
  const own = creator.isPrivate ? 'FOLLOWER_OF_CREATOR' : 'PUBLIC_TO_EVERYONE'
  return {
    creator,
    privacyLevels: (other.privacyLevels ?? [own, 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY']) as readonly string[],
    commentDisabled: other.commentDisabled ?? creator.commentDisabled,
    duetDisabled: other.duetDisabled ?? creator.isPrivate,
    stitchDisabled: other.stitchDisabled ?? creator.isPrivate,
    maxSeconds: other.maxSeconds ?? creator.maxSeconds
  }
}

/** POST …/creator_info/query/. "Cannot post now" comes with HTTP 200, on purpose. */
export async function creatorInfo({ caller }: Ask, world: World): Promise<Reply> {
  const { creatorRefusal } = await world.faults.get(caller.project)
  if (creatorRefusal) return fail(200, creatorRefusal)
  const settings = await settingsOf(caller.project, caller.account, world)
  return ok({
    creator_avatar_url: '',
    creator_username: settings.creator.username,
    creator_nickname: settings.creator.name,
    privacy_level_options: settings.privacyLevels,
    comment_disabled: settings.commentDisabled,
    duet_disabled: settings.duetDisabled,
    stitch_disabled: settings.stitchDisabled,
    max_video_post_duration_sec: settings.maxSeconds
  })
}

const FIELDS = ['id', 'title', 'video_description', 'create_time', 'duration', 'share_url']

/** POST /v2/video/list/: public posts, the newest first; texts of at most 150 characters. */
export async function listVideos({ caller, query, body }: Ask, { model, deps, faults }: World): Promise<Reply> {
  const fields = query.get('fields')?.split(',').filter(Boolean) ?? []
  if (fields.length === 0 || fields.some(field => !FIELDS.includes(field)))
    throw refuse(400, 'invalid_params', 'The fields are missing or unknown.')
  const { max_count: size = 10, cursor } = body
  const isSize = Number.isInteger(size) && Number(size) >= 1 && Number(size) <= 20
  if (!isSize || (cursor !== undefined && !Number.isSafeInteger(cursor))) throw refuse(400, 'invalid_params')
  const now = deps.now()
  const { showPostsAfterSeconds = 0 } = await faults.get(caller.project)
  const before = cursor === undefined ? Number.POSITIVE_INFINITY : Number(cursor)
  const shown = (await model.list('video', caller.project))
    .filter(({ doc }) => doc.account === caller.account && isDone(doc, now) && hasId(doc, now, showPostsAfterSeconds))
    .filter(({ doc }) => Date.parse(doc.createdAt) < before)
    .reverse()
  const page = shown.slice(0, Number(size))
  const { username } = creatorOf(caller.project, caller.account)
  const videos = page.map(({ id, doc }) => {
    const text = (doc.postInfo.title ?? '').slice(0, 150)
    const all: Record<string, unknown> = {
      id,
      title: text,
      video_description: text,
      create_time: Math.floor(Date.parse(doc.createdAt) / 1000),
      duration: 1,
      share_url: `https://www.tiktok.com/@${username}/video/${id}`
    }
    return Object.fromEntries(fields.map(field => [field, all[field]]))
  })
  const last = page.at(-1)
  return ok({
    videos,
    cursor: last ? Date.parse(last.doc.createdAt) : now.getTime(),
    has_more: shown.length > page.length
  })
}

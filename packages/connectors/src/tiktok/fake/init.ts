import { z } from 'zod'
import type { Reply } from '../../sandbox/reply.ts'
import { digest, isPast, later, newSecret } from '../../sandbox/secrets.ts'
import type { Ask } from './api.ts'
import { ok, refuse } from './errors.ts'
import { creatorOf, makeNumber, PUBLISH_PREFIX, type Session, type World } from './model.ts'
import { settingsOf } from './read.ts'

const MAX_BYTES = 4 * 2 ** 30
const DAY = 86_400
const POSTS_PER_DAY = 15

/** zod's own `max` counts code points; TikTok counts UTF-16 units. */
const PostInfo = z.looseObject({
  privacy_level: z.string().default(''),
  title: z
    .string()
    .refine(text => text.length <= 2200)
    .optional(),
  disable_comment: z.boolean().optional(),
  disable_duet: z.boolean().optional(),
  disable_stitch: z.boolean().optional(),
  video_cover_timestamp_ms: z.int().optional(),
  brand_content_toggle: z.boolean().optional(),
  brand_organic_toggle: z.boolean().optional(),
  is_aigc: z.boolean().optional()
})
const FileUpload = z.object({
  source: z.literal('FILE_UPLOAD'),
  video_size: z.int().min(1),
  chunk_size: z.int().min(1),
  total_chunk_count: z.int().min(1)
})

/** POST …/video/init/: checks what can be checked, and gives the address for the bytes. Two equal inits are two. */
export async function init({ caller, body }: Ask, world: World): Promise<Reply> {
  const { deps, model } = world
  const info = PostInfo.safeParse(body.post_info)
  if (!info.success) throw refuse(400, 'invalid_params', info.error.issues[0]?.message)
  // No domain of a sandbox app was ever proven.
  if ((body.source_info as { source?: unknown } | undefined)?.source === 'PULL_FROM_URL')
    throw refuse(403, 'url_ownership_unverified')
  const source = FileUpload.safeParse(body.source_info)
  if (!source.success) throw refuse(400, 'invalid_params', 'The source info is invalid')
  checkPlan(source.data)
  await checkCreator(caller.project, caller.account, info.data, world)
  const secret = newSecret('')
  const number = makeNumber(`session/${secret}`)
  const session: Session = {
    project: caller.project,
    account: caller.account,
    postInfo: info.data,
    total: source.data.video_size,
    chunk: source.data.chunk_size,
    count: source.data.total_chunk_count,
    token: digest(secret),
    createdAt: deps.now().toISOString(),
    video: null,
    isForgotten: false
  }
  await model.put('session', number, session, caller.project)
  const upload = new URLSearchParams({ upload_id: number, upload_token: secret })
  return ok({
    publish_id: `${PUBLISH_PREFIX}${number}`,
    upload_url: `${deps.base}/h/open-upload.tiktokapis.com/video/?${upload}`
  })
}

/** content-posting-api-media-transfer-guide, and the refusal of one oversized chunk since August 2026. Megabytes in the stricter of two ways. */
function checkPlan({
  video_size: size,
  chunk_size: chunk,
  total_chunk_count: count
}: z.output<typeof FileUpload>): void {
  if (size > MAX_BYTES) throw refuse(400, 'invalid_params', 'The video size is invalid')
  const isOne = count === 1 && chunk === size && size <= 64_000_000
  const areMany = count > 1 && count <= 1000 && chunk >= 5 * 2 ** 20 && chunk <= 64_000_000
  if (!isOne && !areMany) throw refuse(400, 'invalid_params', 'The chunk size is invalid')
  if (count !== Math.floor(size / chunk)) throw refuse(400, 'invalid_params', 'The total chunk count is invalid')
}

async function checkCreator(
  project: string,
  account: string,
  info: z.output<typeof PostInfo>,
  world: World
): Promise<void> {
  const { creatorRefusal, isUnaudited } = await world.faults.get(project)
  if (creatorRefusal) throw refuse(403, creatorRefusal)
  const { privacyLevels } = await settingsOf(project, account, world)
  if (!privacyLevels.includes(info.privacy_level)) throw refuse(403, 'privacy_level_option_mismatch')
  if (info.brand_content_toggle === true && info.privacy_level === 'SELF_ONLY')
    throw refuse(400, 'invalid_params', 'Branded content cannot be private')
  if (isUnaudited && !(creatorOf(project, account).isPrivate && info.privacy_level === 'SELF_ONLY'))
    throw refuse(403, 'unaudited_client_can_only_post_to_private_accounts')
  const cap = world.deps.quota?.uploads ?? POSTS_PER_DAY
  if ((await countRecent(project, account, world)) >= cap) throw refuse(403, 'spam_risk_too_many_posts')
}

/** The creator's posts, or inits, of the last 24 hours: which of them TikTok counts is not said. */
async function countRecent(project: string, account: string, { deps, faults, model }: World): Promise<number> {
  const { countsAtInit } = await faults.get(project)
  const all: readonly { readonly doc: { readonly account: string; readonly createdAt: string } }[] = await model.list(
    countsAtInit ? 'session' : 'video',
    project
  )
  const isRecent = (createdAt: string): boolean => !isPast(later(new Date(createdAt), DAY), deps.now())
  return all.filter(({ doc }) => doc.account === account && isRecent(doc.createdAt)).length
}

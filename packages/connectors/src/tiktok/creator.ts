import { z } from 'zod'
import type { Account, Choice, Http, RemoteAccount, Tokens } from '../connector.ts'
import { Refused } from '../failures.ts'
import { PRIVACY } from './options.ts'
import { CreatorInfo, readData, UserInfo } from './shapes.ts'

const Facts = z.object({
  username: z.string().optional(),
  nickname: z.string().optional(),
  privacyLevels: z.array(z.string()).optional(),
  commentDisabled: z.boolean().optional(),
  duetDisabled: z.boolean().optional(),
  stitchDisabled: z.boolean().optional(),
  maxSeconds: z.number().optional()
})
/** What the account offered when it was last asked. Empty members: it could not be asked. */
export const readFacts = (account: Account): z.infer<typeof Facts> => Facts.safeParse(account.facts).data ?? {}

/** A read, though it is a POST: what this creator may do now. To be asked "before rendering the page" and again before every post. */
export const askCreator = async (http: Http): Promise<CreatorInfo> =>
  readData(
    CreatorInfo,
    await http('api', '/v2/post/publish/creator_info/query/', {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=UTF-8' },
      body: '{}'
    })
  )

/** One grant is one account. Only fields whose scope was granted are asked for: TikTok may refuse the whole question for one of them. */
export async function identify(tokens: Tokens, http: Http): Promise<readonly RemoteAccount[]> {
  const hasProfile = tokens.scopes.includes('user.info.profile')
  const fields = ['open_id', 'union_id', 'avatar_url', 'display_name', ...(hasProfile ? ['username'] : [])]
  const { user } = readData(UserInfo, await http('api', `/v2/user/info/?fields=${fields.join(',')}`))
  const creator = await askCreator(http).catch(cannotPostNow)
  const username = user.username ?? creator?.creator_username
  const nickname = creator?.creator_nickname || user.display_name
  return [
    {
      remoteId: user.open_id,
      handle: username ? `@${username}` : nickname || user.open_id,
      name: nickname || username || user.open_id,
      ...(user.avatar_url ? { avatar: user.avatar_url } : {}),
      facts: { nickname, ...(username ? { username } : {}), ...(creator ? toFacts(creator) : {}) }
    }
  ]
}

const toFacts = (creator: CreatorInfo): z.infer<typeof Facts> => ({
  privacyLevels: creator.privacy_level_options,
  commentDisabled: creator.comment_disabled,
  duetDisabled: creator.duet_disabled,
  stitchDisabled: creator.stitch_disabled,
  ...(creator.max_video_post_duration_sec === undefined ? {} : { maxSeconds: creator.max_video_post_duration_sec })
})

/** An account that has posted enough for today can still be linked. */
function cannotPostNow(error: unknown): undefined {
  if (error instanceof Refused && /spam_risk|active_user_cap/.test(error.failure.code)) return undefined
  throw error
}

export const privacyChoices = async (http: Http): Promise<readonly Choice[]> => {
  const { privacy_level_options } = await askCreator(http)
  return privacy_level_options.map(value => ({ value, label: PRIVACY[value as keyof typeof PRIVACY] ?? value }))
}

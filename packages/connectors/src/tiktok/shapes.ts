import { z } from 'zod'
import type { Answer } from '../connector.ts'
import { Lost } from '../failures.ts'
import { readJson } from '../json.ts'

/**
 * The kept state of one upload. `uploadUrl` is a secret. The chunk plan was told to TikTok and cannot change. `polls` counts the looks since
 * TikTok took the last byte; `idLooks` those at a published video whose id is not told yet.
 */
export const TiktokState = z.object({
  publishId: z.string().min(1),
  uploadUrl: z.url(),
  openedAt: z.iso.datetime(),
  bytes: z.number(),
  chunk: z.number(),
  count: z.number(),
  type: z.string(),
  caption: z.string(),
  isPublic: z.boolean(),
  polls: z.number().optional(),
  idLooks: z.number().optional()
})
export type TiktokState = z.infer<typeof TiktokState>

/** An object at the data endpoints, a word at the sign-in's. */
export const Envelope = z.object({ error: z.union([z.string(), z.object({ code: z.string() })]) })

export const UserInfo = z.object({
  user: z.object({
    open_id: z.string().min(1),
    union_id: z.string().optional(),
    display_name: z.string().default(''),
    username: z.string().optional(),
    avatar_url: z.string().optional()
  })
})

export const CreatorInfo = z.object({
  creator_username: z.string().default(''),
  creator_nickname: z.string().default(''),
  creator_avatar_url: z.string().optional(),
  privacy_level_options: z.array(z.string()).default([]),
  comment_disabled: z.boolean().default(false),
  duet_disabled: z.boolean().default(false),
  stitch_disabled: z.boolean().default(false),
  max_video_post_duration_sec: z.number().optional()
})
export type CreatorInfo = z.infer<typeof CreatorInfo>

export const Opened = z.object({ publish_id: z.string().min(1), upload_url: z.url() })

/** The spelling of the list of ids is TikTok's own. */
export const Status = z.object({
  status: z.string(),
  fail_reason: z.string().optional(),
  // Null must not become 0: nothing was told, not that nothing arrived.
  uploaded_bytes: z.coerce.number().nullish(),
  publicaly_available_post_id: z.array(z.coerce.string()).nullish()
})
export type Status = z.infer<typeof Status>

export const Videos = z.object({
  videos: z
    .array(
      z.object({
        id: z.coerce.string(),
        create_time: z.coerce.number(),
        title: z.string().default(''),
        video_description: z.string().default('')
      })
    )
    .default([])
})

/** The token endpoint's flat answer. */
export const Granted = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().optional(),
  refresh_token: z.string().min(1).optional(),
  refresh_expires_in: z.coerce.number().optional(),
  scope: z.string().default('')
})

/** `data` of an answer that holds no error. */
export function readData<T>(shape: z.ZodType<T>, answer: Answer): T {
  const parsed = z.object({ data: shape }).safeParse(readJson(answer.text))
  if (!parsed.success) throw new Lost('the answer could not be read')
  return parsed.data.data as T
}

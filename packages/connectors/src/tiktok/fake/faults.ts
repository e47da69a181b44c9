import { z } from 'zod'
import { commonFaults, often, oneOrMany } from '../../sandbox/faults.ts'
import { PRIVACY_LEVELS } from '../options.ts'

export const CALLS = ['token', 'revoke', 'user', 'creator', 'init', 'chunk', 'lastChunk', 'status', 'list'] as const

export const FAIL_REASONS = [
  'file_format_check_failed',
  'duration_check_failed',
  'frame_rate_check_failed',
  'picture_size_check_failed',
  'internal',
  'video_pull_failed',
  'photo_pull_failed',
  'publish_cancelled',
  'auth_removed',
  'spam_risk_too_many_posts',
  'spam_risk_user_banned_from_posting',
  'spam_risk_text',
  'spam_risk'
] as const
export const CREATOR_REFUSALS = [
  'spam_risk_too_many_posts',
  'spam_risk_user_banned_from_posting',
  'reached_active_user_cap'
] as const

/**
 * Calls: `user` (user/info) · `creator` (creator_info/query) · `init` · `chunk` (any PUT of bytes) · `lastChunk` (the one that completes the
 * file) · `status` (status/fetch) · `list` (video/list). A forgotten session is a publish id that TikTok does not know any more.
 */
export const faultsSchema = z
  .strictObject({
    ...commonFaults(CALLS),
    processing: oneOrMany(
      z.strictObject({
        ...often,
        seconds: z.int().min(0).max(86_400).default(1).meta({ title: 'Seconds until it is published' }),
        idSeconds: z.int().min(0).max(86_400).default(1).meta({ title: 'Seconds from then until its id is told' }),
        failReason: z.enum(FAIL_REASONS).optional().meta({ title: 'Why it fails in the end' })
      })
    ).meta({ title: 'What becomes of the next posts' }),
    creatorRefusal: z.enum(CREATOR_REFUSALS).optional().meta({
      title: 'The creator cannot post now',
      description: 'creator_info answers so with HTTP 200, init with 403.'
    }),
    creator: z
      .strictObject({
        privacyLevels: z.array(z.enum(PRIVACY_LEVELS)).optional().meta({ title: 'Who may be chosen to see a video' }),
        commentDisabled: z.boolean().optional().meta({ title: 'Comments are switched off' }),
        duetDisabled: z.boolean().optional().meta({ title: 'Duets are switched off' }),
        stitchDisabled: z.boolean().optional().meta({ title: 'Stitches are switched off' }),
        maxSeconds: z.int().min(1).optional().meta({ title: 'Longest video, in seconds' })
      })
      .optional()
      .meta({ title: 'Other settings of every creator' }),
    isUnaudited: z.boolean().optional().meta({ title: 'TikTok has not audited the app' }),
    countsAtInit: z.boolean().optional().meta({ title: 'The daily cap counts inits, not posts' }),
    oauthErrorStatus: z
      .union([z.literal(200), z.literal(400)])
      .optional()
      .meta({ title: 'HTTP status of OAuth errors' }),
    keepRefreshTokens: z.boolean().optional().meta({ title: 'A refresh does not end the old refresh token' }),
    progress: z
      .enum(['count', 'index', 'absent'])
      .optional()
      .meta({ title: 'What Content-Range tells of the bytes that arrived' }),
    repeatedRange: z.enum(['416', '206']).optional().meta({ title: 'What a range that is stored is answered with' }),
    hideUploadedBytes: z.boolean().optional().meta({ title: 'status/fetch tells no uploaded_bytes' }),
    nullUploadedBytes: z.boolean().optional().meta({ title: 'status/fetch tells null for uploaded_bytes' })
  })
  .meta({ title: 'Faults of the TikTok sandbox' })

export type TiktokFaults = z.output<typeof faultsSchema>

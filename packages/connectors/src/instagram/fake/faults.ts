import { z } from 'zod'
import { commonFaults, often, oneOrMany } from '../../sandbox/faults.ts'

export const CALLS = [
  'token',
  'exchange',
  'refresh',
  'revoke',
  'me',
  'accounts',
  'permissions',
  'create',
  'upload',
  'offset',
  'status',
  'limit',
  'list',
  'publish',
  'media',
  'comment',
  'comments'
] as const

const subcode = z.string().regex(/^2207\d{3}$/)

/**
 * Calls: `token` (code for a token) · `exchange` (short for long) · `refresh` · `revoke` · `me` · `accounts` (Pages) · `permissions` · `create` (a container) ·
 * `upload` (bytes) · `offset` (rupload's own count) · `status` (of a container) · `limit` (content_publishing_limit) · `list` (the account's media) ·
 * `publish` (media_publish) · `media` (one post: its address) · `comment` (write) · `comments` (read).
 * `status` faults take `reason` as `code/subcode`: { "at": "publish", "code": 403, "reason": "4/2207051", "when": "after" } publishes and says no.
 */
export const faultsSchema = z
  .strictObject({
    ...commonFaults(CALLS),
    processing: oneOrMany(
      z.strictObject({
        ...often,
        seconds: z.int().min(0).max(90_000).default(1).meta({ title: 'Seconds until the container is finished' }),
        error: subcode.optional().meta({ title: 'Then it has failed with this subcode' })
      })
    ).meta({ title: 'How a container is processed' }),
    pull: oneOrMany(
      z.strictObject({ ...often, fail: z.enum(['timeout', 'not found']).meta({ title: 'How it fails' }) })
    ).meta({ title: 'Fetching the video fails' }),
    foreign: oneOrMany(
      z.strictObject({
        ...often,
        caption: z.string().max(2200).default('From another tool').meta({ title: 'Caption of the other post' })
      })
    ).meta({
      title: 'Somebody else posts in the moment of a publish call'
    }),
    strictFiles: z.boolean().optional().meta({
      title: 'Films are held against the rules of reels',
      description: 'MP4 or MOV, index first, codecs, length, size.'
    }),
    secondPublish: z.enum(['refuse', 'post', 'same']).optional().meta({
      title: 'A second publish call for one container',
      description: 'refuse (default), post: a second visible post, same: the first one answers again.'
    }),
    statusLateSeconds: z.int().min(0).max(600).optional().meta({ title: 'PUBLISHED shows so much later' }),
    quotaTotal: z.int().min(1).max(1000).optional().meta({ title: 'Posts in a moving day', description: '50 or 100.' }),
    quotaUsed: z.int().min(0).max(1000).optional().meta({ title: 'Posts of the day by other tools' }),
    containersPerDay: z.int().min(1).max(100_000).optional().meta({ title: 'Containers in a moving day' }),
    callsPerHour: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .meta({ title: 'Calls in an hour', description: 'Then 80002.' }),
    hideCaptions: z.boolean().optional().meta({ title: 'Lists tell no captions' }),
    alterCaptions: z.enum(['cut', 'replace']).optional().meta({
      title: 'Captions are not what was sent',
      description: 'cut: without the last word and in capitals. replace: other words, as after an edit in the app.'
    }),
    noTrialReels: z.boolean().optional().meta({ title: 'Trial reels are not offered' }),
    personalAccount: z.boolean().optional().meta({ title: 'The Instagram account is no professional one' }),
    noAccounts: z.boolean().optional().meta({ title: 'No Page has an Instagram account' }),
    noTasks: z.boolean().optional().meta({ title: 'The person may not create content on the Pages' }),
    instagramResumable: z.boolean().optional().meta({ title: 'Resumable uploads with Instagram Login' }),
    tokenShape: z
      .enum(['list', 'flat'])
      .optional()
      .meta({ title: 'Shape of the first token answer of Instagram Login' })
  })
  .meta({ title: 'Faults of the Instagram sandbox' })

export type InstagramFaults = z.output<typeof faultsSchema>

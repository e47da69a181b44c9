import { z } from 'zod'
import { commonFaults, often, oneOrMany } from '../../sandbox/faults.ts'

const CALLS = [
  ...(['token', 'revoke', 'channels', 'insert', 'chunk', 'lastChunk', 'query', 'status', 'list'] as const),
  ...(['thumbnail', 'caption', 'captions', 'addToPlaylist', 'inPlaylist', 'playlists', 'comment', 'comments'] as const),
  'categories'
] as const

/**
 * Calls: `channels` (channels.list) · `insert` (opening of an upload) · `chunk` (any bytes) · `lastChunk` (those that complete the file) ·
 * `query` (how much arrived) · `status` (videos.list) · `list` (the list of uploads) · `thumbnail` (thumbnails.set) · `caption`, `captions`
 * (captions.insert, list) · `addToPlaylist`, `inPlaylist` (playlistItems.insert, list) · `playlists` · `comment`, `comments`
 * (commentThreads.insert, list) · `categories` (videoCategories.list).
 */
export const faultsSchema = z
  .strictObject({
    ...commonFaults(CALLS),
    processing: oneOrMany(
      z.strictObject({
        ...often,
        seconds: z.int().min(0).max(86_400).default(1).meta({ title: 'Seconds until it is processed' }),
        fileSeconds: z
          .int()
          .min(0)
          .max(86_400)
          .default(0)
          .meta({ title: 'Seconds until size and name of its file are told' }),
        failureReason: z
          .enum(['codec', 'conversion', 'emptyFile', 'invalidFile', 'tooSmall', 'uploadAborted'])
          .optional()
          .meta({ title: 'Why processing fails in the end' }),
        rejectionReason: z
          .enum([
            'claim',
            'copyright',
            'duplicate',
            'inappropriate',
            'legal',
            'length',
            'termsOfUse',
            'trademark',
            'uploaderAccountClosed',
            'uploaderAccountSuspended'
          ])
          .optional()
          .meta({ title: 'Why it is rejected in the end' })
      })
    ).meta({ title: 'What becomes of the next videos' }),
    noItems: oneOrMany(
      z.strictObject({
        at: z.enum(['status', 'list', 'inPlaylist', 'captions', 'comments']).meta({ title: 'At which call' }),
        ...often
      })
    ).meta({ title: 'Answer a list without its items', description: 'As if there were none; the total stays.' }),
    lateResult: oneOrMany(
      z.strictObject({
        ...often,
        seconds: z.int().min(0).max(3600).default(0).meta({ title: 'Seconds until the video is told' })
      })
    ).meta({
      title: 'Answer 308 with every byte stored to the last chunk'
    }),
    wait: oneOrMany(
      z.strictObject({
        at: z.enum(['chunk', 'query']).meta({ title: 'At which call' }),
        ...often,
        seconds: z.int().min(0).max(3600).meta({ title: 'Retry-After, in seconds' })
      })
    ).meta({ title: 'Answer 308 with Retry-After' }),
    wrongOffset: z.enum(['range', '416']).optional().meta({ title: 'What an unexpected offset is answered with' }),
    uploadQuotaExhausted: z.boolean().optional().meta({ title: "The project's uploads of the day are used up" }),
    quotaExhausted: z.boolean().optional().meta({ title: "The project's units of the day are used up" }),
    uploadLimitExceeded: z.boolean().optional().meta({ title: "The channel's uploads of the day are used up" }),
    channelSuspended: z.boolean().optional().meta({ title: 'The channel is suspended' }),
    noChannel: z.enum(['error', 'empty']).optional().meta({ title: 'The Google account has no channel' }),
    ignoreSlug: z.boolean().optional().meta({ title: 'File names are not kept' }),
    privateLock: z.boolean().optional().meta({ title: 'Every new video becomes private' }),
    shorts: z.boolean().optional().meta({
      title: 'New videos are Shorts',
      description: 'Their thumbnails are dropped without a word until they are processed.'
    }),
    thumbnailLimitExceeded: z.boolean().optional().meta({ title: 'The channel has set too many thumbnails' }),
    commentsDisabled: z.boolean().optional().meta({ title: 'Comments are switched off' }),
    playlistDuplicates: z.enum(['allow', 'refuse']).optional().meta({
      title: 'A video that is in the playlist already',
      description: 'Google documents the refusal in one place, and not in the other.'
    }),
    playlistSorts: z.boolean().optional().meta({ title: 'Playlists sort themselves' }),
    playlistFull: z.boolean().optional().meta({ title: 'Playlists are full' }),
    longUploads: z
      .enum(['allowed', 'eligible', 'disallowed', 'longUploadsUnspecified'])
      .optional()
      .meta({ title: 'What the channel is told of long videos' })
  })
  .meta({ title: 'Faults of the YouTube sandbox' })

export type YoutubeFaults = z.output<typeof faultsSchema>

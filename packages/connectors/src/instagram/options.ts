import { z } from 'zod'

/** What is stored with a delivery. */
export interface InstagramOptions {
  readonly shareToFeed: boolean
  readonly coverUrl?: string | undefined
  readonly thumbOffset?: number | undefined
  readonly audioName?: string | undefined
  readonly collaborators?: readonly string[] | undefined
  readonly userTags?: readonly string[] | undefined
  readonly locationId?: string | undefined
  readonly trialReel?: 'MANUAL' | 'SS_PERFORMANCE' | undefined
  readonly isAiGenerated?: boolean | undefined
  readonly firstComment?: string | undefined
}

const username = z
  .string()
  .trim()
  .transform(name => name.replace(/^@/, ''))
  .pipe(z.string().regex(/^[A-Za-z0-9._]{1,30}$/, 'An Instagram username has letters, digits, dots and underscores.'))

/** developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media */
export const options = z
  .strictObject({
    shareToFeed: z
      .boolean()
      .default(true)
      .meta({ title: 'Show in the feed', description: 'Off: the reel is shown in the Reels tab alone.' }),
    coverUrl: z
      .url({ protocol: /^https?$/ })
      .max(2000)
      // "The URL must be US-ASCII."
      .regex(/^[\x21-\x7e]+$/, 'Use an address of plain ASCII characters.')
      .optional()
      .meta({
        title: 'Cover picture',
        description: 'A public address of a JPEG of at most 8 MB, best 9:16. It goes before the moment below.',
        examples: ['https://example.com/cover.jpg']
      }),
    thumbOffset: z
      .int()
      .min(0)
      .max(900_000)
      .optional()
      .meta({
        title: 'Moment of the cover',
        description: 'Milliseconds from the start of the video.',
        examples: [1500]
      }),
    audioName: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .meta({ title: 'Name of the sound', description: 'Names the original sound, once and for all.', advanced: true }),
    collaborators: z
      .array(username)
      .max(3)
      .optional()
      .meta({
        title: 'Collaborators',
        description: 'Usernames that are invited as authors, at most 3.',
        examples: [['natgeo']]
      }),
    userTags: z
      .array(username)
      .max(20)
      .optional()
      .meta({ title: 'Tagged people', description: 'Usernames of public accounts, at most 20.', advanced: true }),
    locationId: z
      .string()
      .regex(/^\d{1,30}$/, 'The id of a Facebook Page that has a location.')
      .optional()
      .meta({ title: 'Location', description: 'The id of a Facebook Page that has a location.', advanced: true }),
    trialReel: z
      .enum(['MANUAL', 'SS_PERFORMANCE'])
      .optional()
      .meta({
        title: 'Trial reel',
        labels: { MANUAL: 'You show it to all', SS_PERFORMANCE: 'Instagram shows it to all if it does well' },
        advanced: true,
        description:
          'Shown to people who do not follow the account first. MANUAL: you show it to all. SS_PERFORMANCE: Instagram does, if it does well.'
      }),
    isAiGenerated: z
      .boolean()
      .optional()
      .meta({ title: 'Made with AI', description: 'Instagram labels the reel as made with AI.' }),
    firstComment: z
      .string()
      .trim()
      .min(1)
      .max(2200)
      .optional()
      .meta({ title: 'First comment', description: 'Written below the reel once it is published.', widget: 'textarea' })
  })
  .meta({ title: 'Instagram' })

/** What is posted where no options were sent. */
export const DEFAULTS: InstagramOptions = { shareToFeed: true }

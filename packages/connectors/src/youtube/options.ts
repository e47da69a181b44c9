import { z } from 'zod'

/** What is stored with a delivery. The languages are required of whoever sends options, and absent where none were sent. */
export interface YoutubeOptions {
  readonly categoryId: string
  readonly defaultLanguage?: string | undefined
  readonly defaultAudioLanguage?: string | undefined
  readonly privacyStatus: 'public' | 'unlisted' | 'private'
  readonly tags?: readonly string[] | undefined
  readonly madeForKids: boolean
  readonly publishAt?: string | undefined
  readonly notifySubscribers: boolean
  readonly containsSyntheticMedia?: boolean | undefined
  readonly embeddable?: boolean | undefined
  readonly license?: 'youtube' | 'creativeCommon' | undefined
  readonly publicStatsViewable?: boolean | undefined
  readonly thumbnail?: string | undefined
  readonly playlistId?: string | undefined
  readonly captions?: readonly { readonly file: string; readonly language: string; readonly name: string }[] | undefined
  readonly firstComment?: string | undefined
}

/** Assignable ones of `videoCategories.list?regionCode=US`. The others of that list are refused with invalidCategoryId. */
const CATEGORIES = {
  1: 'Film & Animation',
  2: 'Autos & Vehicles',
  10: 'Music',
  15: 'Pets & Animals',
  17: 'Sports',
  19: 'Travel & Events',
  20: 'Gaming',
  22: 'People & Blogs',
  23: 'Comedy',
  24: 'Entertainment',
  25: 'News & Politics',
  26: 'Howto & Style',
  27: 'Education',
  28: 'Science & Technology',
  29: 'Nonprofits & Activism'
}

/** "500 characters … Each comma between items counts; a tag with a space is handled as if in quotation marks": docs/videos#snippet.tags[]. */
export const TAGS_MAX = 500
export const measureTags = (tags: readonly string[]): number =>
  tags.reduce((sum, tag) => sum + tag.length + (tag.includes(' ') ? 2 : 0), Math.max(0, tags.length - 1))

const language = z
  .string()
  .min(2)
  .max(35)
  .refine(isLanguage, { error: 'Use a BCP 47 language tag such as en, en-GB or zh-Hans.' })

const file = z.string().min(1).max(100)

/** What is done once the video exists. */
const extras = {
  thumbnail: file.optional().meta({
    title: 'Thumbnail',
    description: 'JPEG or PNG, at most 50 MB, best 3840 × 2160. The channel must be verified by phone.',
    widget: 'file',
    accept: 'image/jpeg,image/png'
  }),
  playlistId: z
    .string()
    .min(2)
    .max(100)
    .optional()
    .meta({ title: 'Playlist', description: 'The video is added to this playlist of the channel.' }),
  captions: z
    .array(
      z.strictObject({
        file: file.meta({
          title: 'File',
          description: 'SRT, VTT, SBV or TTML, with timings.',
          widget: 'file',
          accept: '.srt,.vtt,.sbv,.ttml'
        }),
        language: language.meta({
          title: 'Language',
          description: 'A BCP 47 tag.',
          examples: ['de'],
          widget: 'language'
        }),
        name: z
          .string()
          .trim()
          .max(150)
          .default('')
          .meta({ title: 'Name', description: 'Tells tracks of one language apart.' })
      })
    )
    .max(50)
    .refine(tracks => new Set(tracks.map(({ language, name }) => `${language}:${name}`)).size === tracks.length, {
      error: 'Captions of the same language need different names.'
    })
    .optional()
    .meta({ title: 'Captions', description: 'Subtitles that are added to the video.' }),
  firstComment: z.string().trim().min(1).max(10_000).optional().meta({
    title: 'First comment',
    description: 'Posted by the channel as soon as the video is public and processed.',
    widget: 'textarea'
  })
}

export const options = z
  .strictObject({
    categoryId: z
      .enum(Object.keys(CATEGORIES) as [string, ...string[]])
      .meta({ title: 'Category', description: 'Where YouTube files the video.', examples: ['22'], labels: CATEGORIES }),
    defaultLanguage: language.meta({
      title: 'Language of title and description',
      description: 'A BCP 47 tag.',
      examples: ['en'],
      widget: 'language'
    }),
    defaultAudioLanguage: language.meta({
      title: 'Spoken language',
      description: 'A BCP 47 tag.',
      examples: ['en'],
      widget: 'language'
    }),
    privacyStatus: z
      .enum(['public', 'unlisted', 'private'])
      .default('public')
      .meta({
        title: 'Visibility',
        description: 'Who can see the video.',
        labels: { public: 'Public', unlisted: 'Unlisted', private: 'Private' },
        visibility: true
      }),
    tags: z
      .array(
        z
          .string()
          .trim()
          .min(1)
          .regex(/^[^<>]*$/, 'YouTube takes no < or > in tags.')
      )
      .superRefine((tags, ctx) => {
        const measured = measureTags(tags)
        if (measured > TAGS_MAX)
          ctx.addIssue({
            code: 'custom',
            message: `All tags together may have ${TAGS_MAX} characters; a comma between two counts one, a tag with a space two more.`,
            params: { code: 'too_long', limit: TAGS_MAX, measured }
          })
      })
      .optional()
      .meta({ title: 'Tags', description: 'Together at most 500 characters.', examples: [['travel', 'spring 2026']] }),
    madeForKids: z
      .boolean()
      .default(false)
      .meta({ title: 'Made for kids', description: 'The declaration that YouTube demands of the uploader.' }),
    publishAt: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({
        title: 'Publish at',
        advanced: true,
        description: 'YouTube makes a private video public at this time.',
        examples: ['2027-01-31T18:00:00Z']
      }),
    notifySubscribers: z
      .boolean()
      .default(true)
      .meta({ title: 'Notify subscribers', description: 'Tell subscribers about the new video.', advanced: true }),
    containsSyntheticMedia: z.boolean().optional().meta({
      title: 'Altered or synthetic content',
      advanced: true,
      description: 'Realistic content that was altered or made by AI.'
    }),
    embeddable: z
      .boolean()
      .optional()
      .meta({ title: 'Embeddable', description: 'Other sites may show the video.', advanced: true }),
    license: z
      .enum(['youtube', 'creativeCommon'])
      .optional()
      .meta({
        title: 'Licence',
        description: 'The standard YouTube licence, or Creative Commons.',
        labels: { youtube: 'Standard YouTube licence', creativeCommon: 'Creative Commons (CC BY)' },
        advanced: true
      }),
    publicStatsViewable: z
      .boolean()
      .optional()
      .meta({ title: 'Public statistics', description: 'Everybody may see the extended statistics.', advanced: true }),
    ...extras
  })
  .refine(o => o.firstComment === undefined || o.privacyStatus !== 'private' || o.publishAt !== undefined, {
    error:
      'YouTube takes no comments on private videos: leave out firstComment, or say when the video is to be public.',
    path: ['firstComment']
  })
  .refine(o => o.firstComment === undefined || !o.madeForKids, {
    // support.google.com/youtube/answer/9706180: comments are off on content that is made for kids.
    error: 'YouTube takes no comments on videos that are made for kids.',
    path: ['firstComment']
  })
  .refine(o => o.publishAt === undefined || o.privacyStatus === 'private', {
    // docs/videos#status.publishAt: "can be set only if the privacy status of the video is private".
    error: 'publishAt needs privacyStatus "private": YouTube makes the video public at that time.',
    path: ['publishAt']
  })
  .meta({ title: 'YouTube' })

/** What is posted where no options were sent. */
export const DEFAULTS: YoutubeOptions = {
  categoryId: '22',
  privacyStatus: 'public',
  madeForKids: false,
  notifySubscribers: true
}

function isLanguage(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1
  } catch {
    return false
  }
}

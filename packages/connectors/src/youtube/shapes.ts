import { z } from 'zod'

/** The kept state of one upload. `session` is a secret; `polls` counts the looks at a video that is being processed, `misses` those in a row that did not find it. */
export const YoutubeState = z.object({
  session: z.url(),
  bytes: z.number(),
  type: z.string(),
  title: z.string(),
  slug: z.string(),
  id: z.string().optional(),
  polls: z.number().optional(),
  misses: z.number().optional()
})
export type YoutubeState = z.infer<typeof YoutubeState>

export const Video = z.object({ id: z.string().min(1) })

/** `items` is absent now and then, from empty lists and from others. Of a page without any, only `isTold` says that there are none. */
const listOf = <T extends z.ZodType>(item: T) =>
  z
    .object({
      items: z.array(item).default([]),
      nextPageToken: z.string().optional(),
      pageInfo: z.object({ totalResults: z.number() }).optional()
    })
    .transform(({ items, nextPageToken, pageInfo }) => {
      return { items, nextPageToken, isTold: items.length > 0 || pageInfo?.totalResults === 0 }
    })

export const Statuses = listOf(
  z.object({
    status: z.object({
      uploadStatus: z.string(),
      failureReason: z.string().optional(),
      rejectionReason: z.string().optional()
    })
  })
)

export const PlaylistPage = listOf(
  z.object({
    snippet: z.object({ publishedAt: z.coerce.date().optional() }).optional(),
    contentDetails: z.object({ videoId: z.string(), videoPublishedAt: z.coerce.date().optional() })
  })
)
export type Listed = z.output<typeof PlaylistPage>['items'][number]

/** What a video and its file are called, as far as it is told: details of a file come later than the video. */
export const Files = listOf(
  z.object({
    id: z.string(),
    snippet: z.object({ title: z.string().optional() }).optional(),
    fileDetails: z
      .object({ fileSize: z.coerce.number().positive().optional(), fileName: z.string().optional() })
      .optional()
  })
)
export type File = z.output<typeof Files>['items'][number]

export const VideoStates = listOf(
  z.object({
    status: z.object({
      uploadStatus: z.string(),
      privacyStatus: z.string().optional(),
      publishAt: z.string().optional()
    })
  })
)

export const Items = listOf(z.object({ id: z.string() }))

export const Captions = listOf(
  z.object({
    snippet: z.object({ language: z.string(), name: z.string().default(''), trackKind: z.string().optional() })
  })
)

export const Comment = z.object({ id: z.string().min(1) })

export const Comments = listOf(
  z.object({
    id: z.string(),
    snippet: z.object({
      topLevelComment: z.object({
        snippet: z.object({
          authorChannelId: z.object({ value: z.string() }).optional(),
          textOriginal: z.string().optional(),
          textDisplay: z.string().optional()
        })
      })
    })
  })
)

export const Playlists = listOf(z.object({ id: z.string(), snippet: z.object({ title: z.string() }) }))

export const Categories = listOf(
  z.object({ id: z.string(), snippet: z.object({ title: z.string(), assignable: z.boolean().default(false) }) })
)

export const Channels = listOf(
  z.object({
    id: z.string(),
    snippet: z.object({
      title: z.string(),
      country: z.string().optional(),
      customUrl: z.string().optional(),
      thumbnails: z.record(z.string(), z.object({ url: z.string() })).optional()
    }),
    contentDetails: z.object({ relatedPlaylists: z.object({ uploads: z.string() }) }),
    status: z.object({ longUploadsStatus: z.string().optional() }).optional()
  })
)

export const ErrorBody = z.object({
  error: z.object({
    message: z.string().default(''),
    errors: z.array(z.object({ reason: z.string().default(''), domain: z.string().default('') })).default([])
  })
})

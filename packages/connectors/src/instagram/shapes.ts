import { z } from 'zod'
import type { Answer } from '../connector.ts'
import { readJson } from '../json.ts'

/** The kept state of one reel. `uri` is where its bytes go; without one Instagram fetches them. */
export const InstagramState = z.object({
  container: z.string(),
  bytes: z.number(),
  caption: z.string(),
  uri: z.url().optional(),
  isSent: z.boolean().optional(),
  /** Looks at a container that is being processed, and those that did not find it. */
  polls: z.number().optional(),
  misses: z.number().optional(),
  /** The exact body of the publish call, and the newest posts before it. */
  publish: z.object({ body: z.string(), seen: z.array(z.string()) }).optional(),
  /** Publish calls that made no post, and when the next may leave. */
  refusals: z.number().optional(),
  notBefore: z.iso.datetime().optional(),
  /** The post, and looks for its address. */
  media: z.string().optional(),
  looks: z.number().optional()
})
export type InstagramState = z.infer<typeof InstagramState>

/** Ids are strings. Where one comes as a number, `readJson` kept its digits. */
const Id = z.union([z.string().min(1), z.number()]).transform(String)

export const Created = z.object({ id: Id, uri: z.url().optional() })
export const Uploaded = z.object({ success: z.literal(true) })
export const Made = z.object({ id: Id })

const Phase = z.object({
  status: z.string().optional(),
  // Meta writes it with one "r" too, on the page of Facebook's reels.
  bytes_transferred: z.number().optional(),
  bytes_transfered: z.number().optional()
})
export const Container = z.object({
  status_code: z.string().default('IN_PROGRESS'),
  status: z.union([z.string(), z.number()]).transform(String).default(''),
  video_status: z.object({ uploading_phase: Phase.optional() }).optional()
})
export type Container = z.infer<typeof Container>

const listOf = <T extends z.ZodType>(item: T) =>
  z.object({
    data: z.array(item),
    paging: z
      .object({ next: z.string().optional(), cursors: z.object({ after: z.string().optional() }).optional() })
      .optional()
  })

export const Quota = listOf(
  z.object({ quota_usage: z.number().default(0), config: z.object({ quota_total: z.number() }).optional() })
)
export const MediaList = listOf(
  z.object({
    id: Id,
    timestamp: z.string().optional(),
    caption: z.string().optional(),
    permalink: z.string().optional()
  })
)
export const Permalink = z.object({ permalink: z.string().optional() })
export const Comments = listOf(
  z.object({ id: Id, text: z.string().optional(), timestamp: z.string().optional(), username: z.string().optional() })
)

export const Long = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().optional() })
const Short = z.object({
  access_token: z.string().min(1),
  permissions: z.union([z.string(), z.array(z.string())]).optional()
})
/** Documented in a list, observed without one. */
export const ShortAnswer = z.union([z.object({ data: z.tuple([Short], Short) }).transform(a => a.data[0]), Short])

const Me = z.object({
  user_id: Id,
  username: z.string(),
  name: z.string().optional(),
  account_type: z.string().optional(),
  profile_picture_url: z.string().optional()
})
export const MeAnswer = z.union([z.object({ data: z.tuple([Me], Me) }).transform(a => a.data[0]), Me])

export const Pages = listOf(
  z.object({
    id: Id,
    name: z.string().default(''),
    access_token: z.string().optional(),
    tasks: z.array(z.string()).optional(),
    instagram_business_account: z
      .object({
        id: Id,
        username: z.string().optional(),
        name: z.string().optional(),
        profile_picture_url: z.string().optional()
      })
      .optional()
  })
)
export const Permissions = listOf(z.object({ permission: z.string(), status: z.string() }))

/** An answer in its shape. Throws a ZodError. */
export const read = <T extends z.ZodType>(shape: T, answer: Answer): z.output<T> => shape.parse(readJson(answer.text))

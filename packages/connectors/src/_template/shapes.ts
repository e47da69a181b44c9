import { z } from 'zod'
import { readJson } from '../json.ts'

/** What is kept between two calls: parsed when read back, sealed at rest. */
export const TemplateState = z.object({
  upload: z.string(),
  bytes: z.number(),
  type: z.string(),
  /** The commit's body, made before the first try and never again. */
  body: z.string(),
  key: z.string(),
  id: z.string().optional()
})
export type TemplateState = z.infer<typeof TemplateState>

export const Opened = z.object({ id: z.string().min(1) })
export const Arrived = z.object({ received: z.number() })
export const Made = z.object({ id: z.string().min(1), state: z.string(), reason: z.string().optional() })
export type MadePost = z.infer<typeof Made>
export const MadeList = z.object({ items: z.array(Made).default([]) })
export const Me = z.object({ id: z.string().min(1), handle: z.string(), name: z.string() })
export const ErrorBody = z.object({ error: z.object({ code: z.string() }) })

/** Undefined: it is something else. */
export const readAs = <T extends z.ZodType>(shape: T, text: string): z.output<T> | undefined =>
  shape.safeParse(readJson(text)).data

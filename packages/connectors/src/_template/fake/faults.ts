import { z } from 'zod'
import { commonFaults, often, oneOrMany } from '../../sandbox/faults.ts'

const CALLS = ['token', 'me', 'upload', 'chunk', 'arrived', 'post', 'find', 'status'] as const

/** Calls: `upload` (opening) · `chunk` (bytes) · `arrived` (how much) · `post` (the commit) · `find` (by key) · `status` (of a post). */
export const faultsSchema = z
  .strictObject({
    ...commonFaults(CALLS),
    processing: oneOrMany(
      z.strictObject({
        ...often,
        seconds: z.int().min(0).max(86_400).default(1).meta({ title: 'Seconds until it is ready' }),
        reason: z.enum(['codec', 'copyright']).optional().meta({ title: 'Why it is refused in the end' })
      })
    ).meta({ title: 'What becomes of the next posts' })
  })
  .meta({ title: 'Faults of the Template sandbox' })

export type TemplateFaults = z.output<typeof faultsSchema>

import { z } from 'zod'
import type { Shelf } from './sandbox.ts'

/** `after`: so many calls pass first. `times`: then so many are hit. */
const often = {
  times: z.int().min(1).max(100_000).default(1).meta({ title: 'How often' }),
  after: z.int().min(0).max(100_000).default(0).meta({ title: 'After how many calls' })
}

const oneOrMany = <T extends z.ZodType>(rule: T) =>
  z
    .union([rule, z.array(rule).max(50)])
    .transform((given): z.output<T>[] => (Array.isArray(given) ? given : [given as z.output<T>]))
    .optional()

/** The faults that every platform has. `calls` names the platform's calls; `any` is all of them. */
export function commonFaults<const C extends string>(calls: readonly C[]) {
  const name = z.enum(['any', ...calls] as ['any', ...C[]])
  const at = z
    .union([name, z.array(name).min(1)])
    .optional()
    .meta({ title: 'At which calls', description: 'Absent: at any.' })
  const when = z.enum(['before', 'after']).default('before').meta({ title: 'Before or after the call took effect' })
  return {
    cutAnswer: oneOrMany(
      z.strictObject({ at, ...often, bytes: z.int().min(0).default(0).meta({ title: 'Bytes that still arrive' }) })
    ).meta({ title: 'Do it, then cut the connection during the answer' }),
    dropRequest: oneOrMany(
      z.strictObject({
        at,
        ...often,
        bytes: z.int().min(0).default(0).meta({ title: 'Bytes of the body that arrive' })
      })
    ).meta({ title: 'Cut the connection during the request' }),
    status: oneOrMany(
      z.strictObject({
        at,
        ...often,
        when,
        code: z.int().min(400).max(599),
        reason: z.string().max(100).optional().meta({ title: "The platform's own word" }),
        retryAfter: z.int().min(0).max(86_400).optional().meta({ title: 'Retry-After, in seconds' })
      })
    ).meta({ title: 'Answer with an error' }),
    delayMs: oneOrMany(z.strictObject({ at, ...often, ms: z.int().min(0).max(120_000) })).meta({ title: 'Be slow' }),
    forgetSessions: oneOrMany(z.strictObject({ at, ...often, when })).meta({ title: 'Forget the upload session' }),
    revokeGrant: oneOrMany(z.strictObject({ at, ...often })).meta({ title: "End the owner's grant" }),
    showPostsAfterSeconds: z.int().min(0).max(86_400).optional().meta({ title: 'Lists show a post so much later' })
  }
}

interface Rule {
  readonly at?: string | readonly string[] | undefined
  readonly times: number
  readonly after: number
}

/** The rules that hit one call, by kind. */
export type Hits<F> = { [K in keyof F]?: NonNullable<F[K]> extends readonly (infer R)[] ? R : never }

export interface FaultBook<F> {
  get(project: string): Promise<F>
  set(project: string, faults: unknown): Promise<F>
  /** Counts a call, which may have several names, and tells what hits it. `kinds`: only these. */
  take(project: string, names: readonly string[], kinds?: readonly (keyof F)[]): Promise<{ faults: F; hits: Hits<F> }>
}

/** Faults of one platform, kept on the shelf: what is used up is gone. */
export function openFaults<F extends object>(platform: string, schema: z.ZodType<F>, shelf: Shelf): FaultBook<F> {
  const kind = `${platform}.faults`
  const read = async (project: string): Promise<F> => ((await shelf.get(kind, project)) ?? {}) as F
  return {
    get: read,
    async set(project, faults) {
      const parsed = schema.parse(faults)
      await shelf.put(kind, project, parsed, { project })
      return parsed
    },
    async take(project, names, kinds) {
      const faults: F = await read(project)
      if (!count(faults, names, kinds).isTouched) return { faults, hits: {} }
      let counted: Counted<F> = count(faults, names, kinds)
      await shelf.update(
        kind,
        project,
        doc => {
          counted = count((doc ?? {}) as F, names, kinds)
          return counted.isTouched ? counted.left : null
        },
        { project }
      )
      return { faults: counted.left, hits: counted.hits }
    }
  }
}

interface Counted<F> {
  readonly hits: Hits<F>
  readonly left: F
  readonly isTouched: boolean
}

/** At most one rule of each kind hits a call; rules that are hit or passed by are counted down. */
function count<F extends object>(faults: F, names: readonly string[], kinds?: readonly (keyof F)[]): Counted<F> {
  const hits: Record<string, unknown> = {}
  const left: Record<string, unknown> = {}
  let isTouched = false
  for (const [kind, value] of Object.entries(faults)) {
    if (!Array.isArray(value) || (kinds && !kinds.includes(kind as keyof F)) || !isRules(value)) {
      left[kind] = value
      continue
    }
    const kept: Rule[] = []
    for (const rule of value) {
      if (!matches(rule, names) || hits[kind] !== undefined) {
        kept.push(rule)
        continue
      }
      isTouched = true
      if (rule.after > 0) {
        kept.push({ ...rule, after: rule.after - 1 })
        continue
      }
      hits[kind] = rule
      if (rule.times > 1) kept.push({ ...rule, times: rule.times - 1 })
    }
    if (kept.length > 0) left[kind] = kept
  }
  return { hits: hits as Hits<F>, left: left as F, isTouched }
}

const isRules = (value: readonly unknown[]): value is Rule[] =>
  value.every(v => typeof v === 'object' && v !== null && 'times' in v)

function matches(rule: Rule, names: readonly string[]): boolean {
  const at = rule.at === undefined ? ['any'] : typeof rule.at === 'string' ? [rule.at] : rule.at
  return at.some(name => name === 'any' || names.includes(name))
}

export { often, oneOrMany }

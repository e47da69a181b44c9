import { z } from 'zod'
import type { Shelf } from './sandbox.ts'

/** `after`: so many calls pass first. `times`: then so many are hit. */
export const often = {
  times: z.int().min(1).max(100_000).default(1).meta({ title: 'How often' }),
  after: z.int().min(0).max(100_000).default(0).meta({ title: 'After how many calls' })
}

/** A rule, a list of rules, or the short form, which `expand` makes a rule of (undefined: none). Kept as a list. */
export function oneOrMany<T extends z.ZodType, S extends z.ZodType = z.ZodNever>(
  rule: T,
  short?: S,
  expand?: (given: z.output<S>) => z.input<T> | undefined
) {
  const long = z.union([rule, z.array(rule).max(50)])
  const toList = (given: unknown): z.output<T>[] => (Array.isArray(given) ? given : [given]) as z.output<T>[]
  const shown = short ? z.union([short.transform(given => expanded(rule, expand?.(given))), long]) : long
  return shown.transform(given => (given === undefined ? undefined : toList(given))).optional()
}
const expanded = (rule: z.ZodType, given: unknown): unknown => (given === undefined ? undefined : rule.parse(given))

/** The faults that every platform has. `calls` names the platform's calls; `any` is all of them. */
export function commonFaults<const C extends string>(calls: readonly C[]) {
  const name = z.enum(['any', ...calls] as ['any', ...C[]])
  const at = z
    .union([name, z.array(name).min(1)])
    .optional()
    .meta({ title: 'At which calls', description: 'Absent: at any.' })
  const when = z.enum(['before', 'after']).default('before').meta({ title: 'Before or after the call took effect' })
  // true: the next call. A name: the next call of that name.
  const nextCall = z.union([z.boolean(), name])
  const expand = (given: boolean | 'any' | C) =>
    given === false ? undefined : given === true ? {} : ({ at: given } as object)
  const bytes = z.int().min(0).default(0)
  const cutAnswer = z.strictObject({ at, ...often, bytes: bytes.meta({ title: 'Bytes that still arrive' }) })
  const dropRequest = z.strictObject({ at, ...often, bytes: bytes.meta({ title: 'Bytes of the body that arrive' }) })
  const status = z.strictObject({
    at,
    ...often,
    when,
    code: z.int().min(400).max(599).meta({ title: 'HTTP status' }),
    reason: z.string().max(100).optional().meta({ title: "The platform's own word" }),
    retryAfter: z.int().min(0).max(86_400).optional().meta({ title: 'Retry-After, in seconds' })
  })
  const ms = z.int().min(0).max(120_000).meta({ title: 'Milliseconds' })
  return {
    cutAnswer: oneOrMany(cutAnswer, nextCall, expand).meta({
      title: 'Do it, then cut the connection during the answer',
      description: 'Short: true for the next call, or the name of a call.'
    }),
    dropRequest: oneOrMany(dropRequest, nextCall, expand).meta({
      title: 'Cut the connection during the request',
      description: 'Short: true for the next call, or the name of a call.'
    }),
    status: oneOrMany(status, z.int().min(400).max(599), code => ({ code })).meta({
      title: 'Answer with an error',
      description: 'Short: 503, for the next call.'
    }),
    delayMs: oneOrMany(z.strictObject({ at, ...often, ms }), ms, given => ({ ms: given, times: 100_000 })).meta({
      title: 'Be slow',
      description: 'Short: 3000, for every call.'
    }),
    forgetSessions: oneOrMany(z.strictObject({ at, ...often, when }), nextCall, expand).meta({
      title: 'Forget the upload session',
      description: 'Short: true for the next call that names one, or the name of a call.'
    }),
    revokeGrant: oneOrMany(z.strictObject({ at, ...often }), nextCall, expand).meta({
      title: "End the owner's grant",
      description: 'Short: true for the next call, or the name of a call.'
    }),
    showPostsAfterSeconds: z.int().min(0).max(86_400).optional().meta({ title: 'Lists show a post so much later' }),
    grantScopes: z
      .array(z.string())
      .optional()
      .meta({ title: 'Only these scopes are granted', description: 'As if the owner had unticked the others.' }),
    lifetimes: z
      .strictObject({
        codeSeconds: z.int().min(1).optional().meta({ title: 'Codes of the consent page, in seconds' }),
        accessSeconds: z.int().min(1).optional().meta({ title: 'Access tokens, in seconds' }),
        refreshSeconds: z.int().min(1).optional().meta({ title: 'Refresh tokens, in seconds' }),
        sessionSeconds: z.int().min(1).optional().meta({ title: 'Upload sessions, in seconds' })
      })
      .optional()
      .meta({ title: 'How long new codes, tokens and upload sessions live' })
  }
}

export type CommonFaults = z.output<z.ZodObject<ReturnType<typeof commonFaults<string>>>>
export type SignInFaults = Pick<CommonFaults, 'grantScopes' | 'lifetimes'>

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
      const given = Object.entries(schema.parse(faults)).filter(([, value]) => value !== undefined)
      const parsed = Object.fromEntries(given) as F
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

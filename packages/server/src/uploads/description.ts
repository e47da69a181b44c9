import type { MediaFacts } from '@upload24/connectors'
import { type Fault, description as fields } from '@upload24/contract'
import { z } from 'zod'
import { type SenderRef, senderOf } from '../http/caller.ts'
import { faultsOf, refuse, refuseFaults, unknownField, unstorableText } from '../http/validation.ts'
import { isObject } from './merge-patch.ts'
import { type Read, readTargets } from './read-targets.ts'
import type { Reader } from './reader.ts'
import { NOW, readSchedule, type Schedule } from './schedule.ts'
import type { Target } from './targets.ts'

/** An upload that was accepted: what a session keeps, and what an upload is made from. */
export interface Description {
  readonly title: string
  readonly schedule: Schedule
  readonly targets: readonly Target[]
  /** What the sender wrote, without accounts: what a later change is merged into. */
  readonly wishes: Readonly<Record<string, unknown>>
  /** Absent from sessions that were made before it was kept. */
  readonly sender?: SenderRef
}

/** What can be known of an upload before it is made. */
export interface Review<S extends z.ZodRawShape> extends Pick<Read, 'reviews' | 'refusals'> {
  /** The fields that are valid by themselves. */
  readonly valid: Partial<z.output<z.ZodObject<S>>>
  readonly schedule: Schedule
  /** Fields that break a rule of their own, and names that nothing reads. */
  readonly malformed: readonly Fault[]
  /** What is wrong with the upload as a whole: its accounts, its time. */
  readonly faults: readonly Fault[]
}

type Shape = z.ZodRawShape & typeof fields
type MediaOf<S extends z.ZodRawShape> = (
  valid: Partial<z.output<z.ZodObject<S>>>,
  malformed: readonly Fault[]
) => MediaFacts | undefined | Promise<MediaFacts | undefined>

/**
 * Looks at the body of an upload against its fields, its accounts, its time, and each target's own rules, and finds every
 * fault. `shape`: the fields of this flow beside the options of platforms. 422 where the body is no object.
 */
export async function reviewDescription<S extends Shape>(
  reader: Reader,
  shape: S,
  raw: unknown,
  mediaOf: MediaOf<S>
): Promise<Review<S>> {
  const { connectors } = reader.platforms
  const known = [...Object.keys(shape), ...Object.keys(connectors)]
  if (!isObject(raw)) refuse([{ path: '', code: 'invalid_type', message: 'must be an object' }])
  const malformed: Fault[] = unstorableText(raw)
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(raw)) {
    if (Object.hasOwn(shape, name)) continue
    if (Object.hasOwn(connectors, name)) options[name] = value
    else malformed.push(unknownField([name], known))
  }
  const valid = readFields(shape, raw, malformed)
  const { faults, reviews, refusals } = await readTargets(reader, valid, options, await mediaOf(valid, malformed))
  // Of a time that has a fault of its own, nothing more can be said.
  const isReadable = raw.scheduledOn === undefined || valid.scheduledOn !== undefined
  const reading = isReadable ? readSchedule(valid.scheduledOn, valid.timezone, reader.now) : { schedule: NOW }
  const isTimed = 'schedule' in reading
  return {
    valid,
    schedule: isTimed ? reading.schedule : NOW,
    malformed,
    faults: isTimed ? faults : [...faults, reading.fault],
    reviews,
    refusals
  }
}

/**
 * As `reviewDescription`, and refuses what has faults, all of them at once: 422 validation_failed, or file_invalid or
 * target_refused where only the file has faults, or only targets refuse. `faultsBefore`: what is wrong outside the
 * description, to be told with the rest.
 */
export async function readDescription<S extends Shape>(
  reader: Reader,
  shape: S,
  raw: unknown,
  mediaOf: MediaOf<S>,
  faultsBefore: readonly Fault[] = []
): Promise<{ description: Description; body: z.output<z.ZodObject<S>> }> {
  const review = await reviewDescription(reader, shape, raw, mediaOf)
  const faults = [...faultsBefore, ...review.malformed, ...review.faults]
  refuseFaults([...faults, ...review.refusals], codeOf(faults))
  const body = review.valid as z.output<z.ZodObject<S>> & { title: string }
  const targets = review.reviews.flatMap(({ target }) => target ?? [])
  const wishes = wishesOf(raw as Record<string, unknown>, reader.platforms.connectors)
  const sender = senderOf(reader.caller)
  return { description: { title: body.title, schedule: review.schedule, targets, wishes, sender }, body }
}

function wishesOf(raw: Record<string, unknown>, connectors: object): Record<string, unknown> {
  const isWish = (name: string) =>
    name !== 'accounts' && (Object.hasOwn(fields, name) || Object.hasOwn(connectors, name))
  return Object.fromEntries(Object.entries(raw).filter(([name]) => isWish(name)))
}

function codeOf(faults: readonly Fault[]): Parameters<typeof refuseFaults>[1] {
  if (faults.length === 0) return 'target_refused'
  return faults.every(({ path }) => path === 'file') ? 'file_invalid' : 'validation_failed'
}

/** zod compiles a schema at its first parse: each flow's are made once. */
const readers = new WeakMap<z.ZodRawShape, readonly (readonly [string, z.ZodObject])[]>()

function readersOf(shape: z.ZodRawShape) {
  const known = readers.get(shape)
  if (known) return known
  const made = Object.entries(shape).map(([name, schema]) => [name, z.object({ [name]: schema })] as const)
  readers.set(shape, made)
  return made
}

/** The fields that are valid by themselves, so that the others do not hide what is wrong between them. */
function readFields<S extends z.ZodRawShape>(shape: S, body: Record<string, unknown>, faults: Fault[]) {
  const valid: Record<string, unknown> = {}
  for (const [name, reader] of readersOf(shape)) {
    const read = reader.safeParse(body)
    if (read.success) valid[name] = read.data[name]
    else faults.push(...faultsOf(read.error))
  }
  return valid as Partial<z.output<z.ZodObject<S>>> & Partial<z.output<z.ZodObject<typeof fields>>>
}

/** A description as jsonb gives it back. */
export function reviveDescription(stored: unknown): Description {
  const { schedule, ...rest } = stored as Description
  return { ...rest, schedule: { ...schedule, at: schedule.at === null ? null : new Date(schedule.at) } }
}

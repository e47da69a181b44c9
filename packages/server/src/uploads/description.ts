import type { Fault, description as fields } from '@upload24/contract'
import { z } from 'zod'
import type { Caller } from '../http/caller.ts'
import { faultsOf, refuseFaults, unknownField, unstorableText } from '../http/validation.ts'
import type { Platforms } from '../platforms/platforms.ts'
import type { TargetAccount } from './queries.ts'
import { readTargets } from './read-targets.ts'
import { NOW, readSchedule, type Schedule } from './schedule.ts'
import type { MediaFacts, Target } from './targets.ts'

/** An upload that was accepted: what a session keeps, and what an upload is made from. */
export interface Description {
  readonly title: string
  readonly schedule: Schedule
  readonly targets: readonly Target[]
}

export interface Reader {
  readonly platforms: Platforms
  readonly caller: Caller
  readonly now: Date
  findAccounts(ids: readonly string[]): Promise<readonly TargetAccount[]>
}

/**
 * Reads the body of an upload against everything that can be known before the bytes move: its fields, its accounts,
 * its time, and each target's own rules. Every fault is told at once: 422 validation_failed, or file_invalid or
 * target_refused where only the file has faults, or only targets refuse. `shape`: the fields of this flow beside the options of platforms;
 * `faultsBefore`: what is wrong outside the description, to be told with the rest.
 */
export async function readDescription<S extends z.ZodRawShape & typeof fields>(
  reader: Reader,
  shape: S,
  raw: unknown,
  mediaOf: (valid: Partial<z.output<z.ZodObject<S>>>) => MediaFacts | undefined,
  faultsBefore: readonly Fault[] = []
): Promise<{ description: Description; body: z.output<z.ZodObject<S>> }> {
  const { connectors } = reader.platforms
  const known = [...Object.keys(shape), ...Object.keys(connectors)]
  if (!isRecord(raw)) refuseFaults([{ path: '', code: 'invalid_type', message: 'must be an object' }])
  const body = isRecord(raw) ? raw : {}
  const faults: Fault[] = [...faultsBefore, ...unstorableText(raw)]
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    if (Object.hasOwn(shape, name)) continue
    if (Object.hasOwn(connectors, name)) options[name] = value
    else faults.push(unknownField([name], known))
  }
  const valid = readFields(shape, body, faults)
  const read = await readTargets(reader, valid, options, mediaOf(valid))
  faults.push(...read.faults)
  // Of a time that has a fault of its own, nothing more can be said.
  const isReadable = body.scheduledOn === undefined || valid.scheduledOn !== undefined
  const reading = isReadable ? readSchedule(valid.scheduledOn, valid.timezone, reader.now) : { schedule: NOW }
  if ('fault' in reading) faults.push(reading.fault)

  refuseFaults([...faults, ...read.refusals], codeOf(faults))
  const schedule = 'schedule' in reading ? reading.schedule : NOW
  const { targets } = read
  return { description: { title: valid.title as string, schedule, targets }, body: valid as z.output<z.ZodObject<S>> }
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

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A description as jsonb gives it back. */
export function reviveDescription(stored: unknown): Description {
  const { schedule, ...rest } = stored as Description
  return { ...rest, schedule: { ...schedule, at: schedule.at === null ? null : new Date(schedule.at) } }
}

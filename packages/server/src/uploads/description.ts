import type { Fault, description as fields } from '@upload24/contract'
import { z } from 'zod'
import type { Caller } from '../http/caller.ts'
import { faultsOf, refuseFaults, unknownField, unstorableText } from '../http/validation.ts'
import { publicId, readId } from '../lib/ids.ts'
import type { Platforms } from '../platforms/platforms.ts'
import type { TargetAccount } from './queries.ts'
import { NOW, readSchedule, type Schedule } from './schedule.ts'
import { composeTarget, type MediaFacts, refuseMedia, type Target } from './targets.ts'

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
 * its time, and each target's own rules. Every fault is told at once: 422 validation_failed, or target_refused where
 * only targets refuse. `shape`: the fields of this flow beside the options of platforms;
 * `faultsBefore`: what is wrong outside the description, to be told with the rest.
 */
export async function readDescription<S extends z.ZodRawShape & typeof fields>(
  reader: Reader,
  shape: S,
  raw: unknown,
  mediaOf: (valid: Partial<z.output<z.ZodObject<S>>>) => MediaFacts | undefined,
  faultsBefore: readonly Fault[] = []
): Promise<{ description: Description; body: z.output<z.ZodObject<S>> }> {
  refuseFaults(unstorableText(raw))
  const { connectors } = reader.platforms
  const known = [...Object.keys(shape), ...Object.keys(connectors)]
  const body = isRecord(raw) ? raw : {}
  const faults: Fault[] = [...faultsBefore]
  if (!isRecord(raw)) refuseFaults([{ path: '', code: 'invalid_type', message: 'must be an object' }])
  const options: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(body)) {
    if (name in shape) continue
    if (Object.hasOwn(connectors, name)) options[name] = value
    else faults.push(unknownField([name], known))
  }
  const valid = readFields(shape, body, faults)
  const { targets, faults: refusals } = await readTargets(reader, valid, options, mediaOf(valid), faults)
  const reading = readSchedule(valid.scheduledOn, valid.timezone, reader.now)
  if ('fault' in reading) faults.push(reading.fault)

  refuseFaults([...faults, ...distinct(refusals)], faults.length > 0 ? 'validation_failed' : 'target_refused')
  const schedule = 'schedule' in reading ? reading.schedule : NOW
  return { description: { title: valid.title as string, schedule, targets }, body: valid as z.output<z.ZodObject<S>> }
}

/** The fields that are valid by themselves, so that the others do not hide what is wrong between them. */
function readFields<S extends z.ZodRawShape>(shape: S, body: Record<string, unknown>, faults: Fault[]) {
  const valid: Record<string, unknown> = {}
  for (const [name, schema] of Object.entries(shape)) {
    const read = z.object({ [name]: schema as z.ZodType }).safeParse(body)
    if (read.success) valid[name] = read.data[name]
    else faults.push(...faultsOf(read.error))
  }
  return valid as Partial<z.output<z.ZodObject<S>>> & Partial<z.output<z.ZodObject<typeof fields>>>
}

async function readTargets(
  reader: Reader,
  valid: Partial<z.output<z.ZodObject<typeof fields>>>,
  options: Record<string, unknown>,
  media: MediaFacts | undefined,
  faults: Fault[]
) {
  const wanted = [...new Set(valid.accounts ?? [])]
  const rows = await findTargets(reader, wanted, valid.accounts ?? [], faults)
  const overrides = valid.accountOptions ?? {}
  for (const id of Object.keys(overrides)) {
    if (!wanted.includes(id)) {
      faults.push({
        path: `accountOptions.${id}`,
        code: 'not_a_target',
        message: 'is not among the accounts of this upload'
      })
    }
  }
  const isComplete = valid.accounts !== undefined && rows.length === wanted.length
  for (const platform of Object.keys(options)) {
    if (isComplete && !rows.some(row => row.platform === platform)) {
      faults.push({
        path: platform,
        code: 'not_a_target',
        message: 'has options, but no account of this upload is on that platform'
      })
    }
  }
  // A title that is missing or too long has its own fault; the options are still worth checking.
  const wishes = { title: valid.title ?? '-', description: valid.description, options, overrides }
  const targets: Target[] = []
  const refusals: Fault[] = []
  for (const row of rows) {
    const connector = reader.platforms.connectors[row.platform]
    if (!connector) continue
    const composed = composeTarget(connector, row, wishes)
    if (composed.target) targets.push(composed.target)
    refusals.push(...composed.faults, ...(media ? refuseMedia(connector, row, media) : []))
  }
  return { targets, faults: refusals }
}

/** The accounts that may be published to, in the sender's order; each other id is a fault at its place. */
async function findTargets(reader: Reader, wanted: readonly string[], written: readonly string[], faults: Fault[]) {
  const { caller } = reader
  const uuids = wanted.map(id => readId('account', id))
  const found = await reader.findAccounts(uuids.filter(id => id !== null))
  const isAllowed = (id: string) =>
    caller.kind === 'user' || caller.accountIds === null || caller.accountIds.includes(id)
  return wanted.flatMap((id, index) => {
    const row = found.find(each => each.id === uuids[index])
    const path = `accounts[${written.indexOf(id)}]`
    if (!row || !isAllowed(row.id)) {
      const whose = row ? 'is not among the accounts that this key may use' : 'is not linked to this workspace'
      faults.push({ path, code: row ? 'account_not_allowed' : 'account_not_found', message: `${id} ${whose}` })
      return []
    }
    if (row.status !== 'active') {
      const how =
        row.status === 'needs_relink' ? 'its grant has ended: link it again' : 'it was unlinked: link it again'
      faults.push({
        path,
        code: 'account_not_active',
        message: `${publicId('account', row.id)} cannot publish: ${how}`
      })
      return []
    }
    return [row]
  })
}

/** The same fault in the options of a platform is told once, not once per account. */
const distinct = (faults: readonly Fault[]) =>
  faults.filter((fault, index) => {
    const isShared = fault.platform !== undefined && fault.path.startsWith(fault.platform)
    const same = (other: Fault) =>
      other.path === fault.path && other.code === fault.code && other.message === fault.message
    return !isShared || faults.findIndex(same) === index
  })

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A description as jsonb gives it back. */
export function reviveDescription(stored: unknown): Description {
  const { schedule, ...rest } = stored as Description
  return { ...rest, schedule: { ...schedule, at: schedule.at === null ? null : new Date(schedule.at) } }
}

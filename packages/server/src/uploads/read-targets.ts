import type { Composed, Connector, MediaFacts } from '@upload24/connectors'
import type { Fault, description as fields } from '@upload24/contract'
import type { z } from 'zod'
import { checkFiles, idsOf, type WantedFile } from '../files/wanted.ts'
import { mayUse } from '../http/caller.ts'
import { faultsOf, knownFields } from '../http/validation.ts'
import { publicId, readId } from '../lib/ids.ts'
import type { TargetAccount } from './queries.ts'
import type { Reader } from './reader.ts'
import { composeTarget, refuseMedia, type Target } from './targets.ts'

type Fields = Partial<z.output<z.ZodObject<typeof fields>>>
type Options = Readonly<Record<string, unknown>>
type Overrides = Readonly<Record<string, Options>>

/** One account, and what would become of the upload there. */
export interface TargetReview {
  readonly row: TargetAccount
  readonly composed: Pick<Composed<unknown>, 'title' | 'description' | 'adjustments'>
  /** Null where the account cannot publish or its options have faults. */
  readonly target: Target | null
  /** What its platform would refuse. */
  readonly faults: readonly Fault[]
}

export interface Read {
  readonly reviews: readonly TargetReview[]
  /** What is wrong with the request itself. */
  readonly faults: readonly Fault[]
  /** What the platforms of the targets would refuse, all together. */
  readonly refusals: readonly Fault[]
}

/** The post for each account that the body names. `options`: by platform; `media`: the file, as far as it is known. */
export async function readTargets(
  reader: Reader,
  valid: Fields,
  options: Options,
  media: MediaFacts | undefined
): Promise<Read> {
  const written = valid.accounts ?? []
  const wanted = [...new Set(written)]
  const { rows, faults } = await findRows(reader, wanted, written)
  const overrides = valid.accountOptions ?? {}
  const unread = wanted.filter(id => !rows.some(row => publicId('account', row.id) === id))
  const isComplete = valid.accounts !== undefined && unread.length === 0
  if (valid.accounts) faults.push(...findStrays(overrides, wanted))
  // A title that is missing or too long has its own fault; the options are still worth checking.
  const wishes = { title: valid.title ?? '-', description: valid.description, options, overrides, sender: reader }
  const reviews: (TargetReview & { wanted: readonly WantedFile[] })[] = []
  const refusals: Fault[] = []
  for (const [platform, given] of Object.entries(options)) {
    const connector = reader.platforms.connectors[platform]
    if (!connector || rows.some(row => row.platform === platform)) continue
    if (!isComplete) refusals.push(...checkAlone(connector, given, Object.values(overrides)))
    else {
      const message = 'has options, but no account of this upload is on that platform'
      faults.push({ path: platform, code: 'not_a_target', message })
    }
  }
  for (const row of rows) {
    const connector = reader.platforms.connectors[row.platform]
    if (!connector) {
      const path = `accounts[${written.indexOf(publicId('account', row.id))}]`
      faults.push({
        path,
        code: 'platform_unknown',
        message: `is on ${row.platform}, which is not offered here any more`
      })
      continue
    }
    const { target, faults: refused, composed, wanted } = composeTarget(connector, row, wishes)
    reviews.push({
      row,
      composed,
      target: row.status === 'active' ? target : null,
      faults: [...refused, ...(media ? refuseMedia(connector, row, media) : [])],
      wanted
    })
  }
  const found = await reader.findFiles(idsOf(reviews.flatMap(({ wanted }) => wanted)))
  const checked = reviews.map(({ wanted, ...review }) => ({
    ...review,
    faults: [...review.faults, ...checkFiles(wanted, found)]
  }))
  return { reviews: checked, faults, refusals: distinct([...refusals, ...checked.flatMap(each => each.faults)]) }
}

/** The accounts of this workspace that the caller may use, in the sender's order; what cannot publish is a fault at its place. */
async function findRows({ caller, findAccounts }: Reader, wanted: readonly string[], written: readonly string[]) {
  const uuids = wanted.map(id => readId('account', id))
  const found = await findAccounts(uuids.filter(id => id !== null))
  const rows: TargetAccount[] = []
  const faults: Fault[] = []
  for (const [index, id] of wanted.entries()) {
    const row = found.find(each => each.id === uuids[index])
    const path = `accounts[${written.indexOf(id)}]`
    if (!row) {
      faults.push({ path, code: 'account_not_found', message: `${id} is not linked to this workspace` })
    } else if (!mayUse(caller, row.id)) {
      const message = `${id} is not among the accounts that this key may use`
      faults.push({ path, code: 'account_not_allowed', message })
    } else {
      rows.push(row)
      if (row.status === 'active') continue
      const how = row.status === 'needs_relink' ? 'its grant has ended' : 'it was unlinked'
      faults.push({ path, code: 'account_not_active', message: `${id} cannot publish: ${how}; link it again` })
    }
  }
  return { rows, faults }
}

const findStrays = (overrides: Overrides, wanted: readonly string[]): Fault[] =>
  Object.keys(overrides)
    .filter(id => !wanted.includes(id))
    .map(id => ({
      path: `accountOptions.${id}`,
      code: 'not_a_target',
      message: 'is not among the accounts of this upload'
    }))

/** Options whose accounts could not be read. What one of the overrides may bring is not missed. */
function checkAlone(connector: Connector, given: unknown, overrides: readonly Options[]): Fault[] {
  const { error } = connector.options.safeParse(given, { reportInput: true })
  const isBrought = (name: PropertyKey | undefined) => overrides.some(own => Object.hasOwn(own, name ?? ''))
  return (error?.issues ?? []).flatMap((issue): Fault[] => {
    const isMissing = issue.input === undefined && issue.path.length > 0
    if (isMissing && isBrought(issue.path[0])) return []
    const faults = faultsOf({ issues: [issue] }, knownFields(connector.options), [connector.id])
    return faults.map(each => ({ ...each, platform: connector.id }))
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

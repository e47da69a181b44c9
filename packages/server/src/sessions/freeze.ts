import type { Fault } from '@upload24/contract'
import { problem } from '../http/problem.ts'
import { BadParts, ignoreMissing, Missing } from '../storage/errors.ts'
import type { Frozen, Part, Storage } from '../storage/storage.ts'
import { planParts } from './parts.ts'
import type { Session } from './queries.ts'

export interface PartTag {
  readonly partNumber: number
  readonly eTag: string
}

/**
 * The bytes of the session as they stay from now on. Repeated, the same. Throws object_missing or invalid_parts, and
 * nothing is changed then; or file_size_mismatch, where a store took other bytes than its address was signed for.
 */
export async function freeze(storage: Storage, session: Session, parts: readonly PartTag[]): Promise<Frozen> {
  if (session.kind === 'import') {
    throw problem('object_missing', 'The server fetches this file itself, and completes the session when it is there.')
  }
  const frozen = await (session.kind === 'put' ? freezeSingle : freezeParts)(storage, session, parts)
  if (frozen.bytes !== session.fileSize) throw wrongSize(session.fileSize, frozen.bytes)
  return frozen
}

async function freezeSingle(storage: Storage, session: Session, parts: readonly PartTag[]): Promise<Frozen> {
  if (parts.length > 0) {
    throw problem('invalid_parts', 'This session takes the file in a single PUT: send "parts": [].', {
      errors: [{ path: 'parts', code: 'not_multipart', message: 'must be empty for a single-put session' }]
    })
  }
  try {
    return await storage.single.freeze(session.storageKey)
  } catch (error) {
    if (!(error instanceof Missing)) throw error
    throw problem(
      'object_missing',
      'No bytes have arrived at the upload URL yet. PUT the whole file there, then complete.'
    )
  }
}

const reasons = {
  order: 'stands out of order: list the parts by ascending number, each once',
  missing: 'has not arrived: PUT it to its address first',
  etag: 'has another ETag than the one its PUT was answered with'
} as const

async function freezeParts(storage: Storage, session: Session, parts: readonly PartTag[]): Promise<Frozen> {
  const { storageKey: key } = session
  const id = session.partsId as string
  const count = planParts(session.fileSize, session.partSize as number).length
  const faults = [...missingFaults(parts, count), ...orderFaults(parts, count)]
  if (faults.length > 0) {
    // What has arrived is looked at too, so that all faults are told.
    const arrived = await storage.parts.list(key, id).catch(ignoreMissing)
    throw invalidParts([...faults, ...(arrived ? arrivalFaults(parts, count, arrived) : [])])
  }
  try {
    return await storage.parts.finish(
      key,
      id,
      parts.map(({ partNumber, eTag }) => ({ part: partNumber, etag: quoted(eTag) }))
    )
  } catch (error) {
    if (error instanceof Missing) throw problem('session_aborted', 'The parts of this session are not there any more.')
    if (!(error instanceof BadParts)) throw error
    throw invalidParts(
      error.faults.map(({ part, reason }) =>
        faultOf(
          reason,
          part,
          parts.findIndex(each => each.partNumber === part)
        )
      )
    )
  }
}

function missingFaults(parts: readonly PartTag[], count: number): Fault[] {
  const listed = new Set(parts.map(part => part.partNumber))
  return Array.from({ length: count }, (_, index) => index + 1)
    .filter(number => !listed.has(number))
    .map(number => ({ path: 'parts', code: 'missing', message: `lacks part ${number} of ${count}` }))
}

function orderFaults(parts: readonly PartTag[], count: number): Fault[] {
  let last = 0
  return parts.flatMap(({ partNumber }, index) => {
    const message = `names part ${partNumber}, but the file has ${count}`
    if (partNumber > count) return [{ path: `parts[${index}].partNumber`, code: 'unknown', message }]
    const isBehind = partNumber <= last
    last = Math.max(last, partNumber)
    return isBehind ? [faultOf('order', partNumber, index)] : []
  })
}

function arrivalFaults(parts: readonly PartTag[], count: number, arrived: readonly Part[]): Fault[] {
  const tags = new Map(arrived.map(({ part, etag }) => [part, etag.toLowerCase()]))
  return parts.flatMap(({ partNumber, eTag }, index) => {
    if (partNumber > count || tags.get(partNumber) === quoted(eTag).toLowerCase()) return []
    return [faultOf(tags.has(partNumber) ? 'etag' : 'missing', partNumber, index)]
  })
}

const faultOf = (reason: keyof typeof reasons, part: number, index: number): Fault => ({
  path: `parts[${index}]`,
  code: reason,
  message: `part ${part} ${reasons[reason]}`
})

const invalidParts = (faults: readonly Fault[]) =>
  problem('invalid_parts', 'The list of parts is not what has arrived. Nothing was changed; see errors.', {
    errors: faults.slice(0, 100)
  })

/** Clients that read the header through a library often lose its quotes; proxies that compress make it weak. */
const quoted = (eTag: string) => `"${eTag.trim().replace(/^W\//, '').replaceAll('"', '')}"`

const wrongSize = (announced: number, arrived: number) =>
  problem(
    'file_size_mismatch',
    `The session announced ${announced} bytes; ${arrived} arrived. Abort it and start a new one.`
  )

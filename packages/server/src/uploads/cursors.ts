import type { Fault } from '@upload24/contract'
import { publicId, readId } from '../lib/ids.ts'
import type { Place } from './journal-queries.ts'
import type { Moment } from './list-queries.ts'

/** Where a page of the journal ends. */
export const writePlace = ({ at, deliveryId, rank, n }: Place): string =>
  Buffer.from([at, deliveryId, rank, n].join(' ')).toString('base64url')

const PLACE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}) (\d) (\d{1,9})$/

/** Null: it is none of ours. */
export function readPlace(cursor: string): Place | null {
  const [, at, deliveryId, rank, n] = PLACE.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (at === undefined || deliveryId === undefined || !isTime(at)) return null
  return { at, deliveryId, rank: Number(rank), n: Number(n) }
}

/** Where a page of the calendar ends. */
export const writeMoment = ({ at, id }: Moment): string =>
  Buffer.from(`${at} ${publicId('upload', id)}`).toString('base64url')

const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) (upload_\w{26})$/

/** Null: it is none of ours. */
export function readMoment(cursor: string): Moment | null {
  const [, at, uploadId = ''] = MOMENT.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  const id = readId('upload', uploadId)
  return at !== undefined && id !== null && isTime(at) ? { at, id } : null
}

/** PostgreSQL refuses what JavaScript lets pass: February 30th, the year 0. */
const isTime = (text: string): boolean => {
  const time = Date.parse(text)
  return time > 0 && new Date(time).toISOString().slice(0, 19) === text.slice(0, 19)
}

const WORDS = { cursor: 'is not a nextCursor of this list', accountId: 'is not an account id' }

/** What is wrong with a parameter of a list. `read`: null where it could not be. */
export const faultOf = (path: keyof typeof WORDS, read: unknown): Fault[] =>
  read === null ? [{ path, code: 'invalid_value', message: WORDS[path] }] : []

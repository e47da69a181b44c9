import { createHash, randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Config } from '../config.ts'

const DIGITS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ID_LENGTH = 22
/** 24 × log2(62) = 142 bits. */
const SECRET_LENGTH = 24
const CHECKSUM_LENGTH = 6
const SHAPE = new RegExp(
  `^(u24_(?:live|test)_([0-9A-Za-z]{${ID_LENGTH}})_[0-9A-Za-z]{${SECRET_LENGTH}})([0-9A-Za-z]{${CHECKSUM_LENGTH}})$`
)

export interface FreshKey {
  /** The whole key, which only its owner keeps. */
  readonly key: string
  /** Its beginning, without any of the secret. */
  readonly prefix: string
  readonly hash: Buffer
}

/** `u24_<env>_<id>_<secret><checksum>`: names its row, and tells a typo from a key without asking the database. */
export function makeKey(id: string, environment: Config['environment']): FreshKey {
  const prefix = `u24_${environment === 'production' ? 'live' : 'test'}_${base62(uuidToNumber(id), ID_LENGTH)}`
  const secret = Array.from({ length: SECRET_LENGTH }, () => DIGITS[randomInt(DIGITS.length)]).join('')
  const unchecked = `${prefix}_${secret}`
  const key = unchecked + checksumOf(unchecked)
  return { key, prefix, hash: hashKey(key) }
}

/** The id that a key names; null when it is no key, or one with a typo. */
export function readKeyId(key: string): string | null {
  const [, unchecked, id, checksum] = SHAPE.exec(key) ?? []
  if (unchecked === undefined || id === undefined || checksumOf(unchecked) !== checksum) return null
  return numberToUuid(fromBase62(id))
}

/** A fast hash will do: there is no guessing 142 random bits. */
export const hashKey = (key: string): Buffer => createHash('sha256').update(key).digest()

const checksumOf = (text: string) => base62(BigInt(crc32(text)), CHECKSUM_LENGTH)

function base62(value: bigint, length: number): string {
  let text = ''
  for (let rest = value; text.length < length; rest /= 62n) text = DIGITS[Number(rest % 62n)] + text
  return text
}

const fromBase62 = (text: string) => [...text].reduce((value, digit) => value * 62n + BigInt(DIGITS.indexOf(digit)), 0n)

const uuidToNumber = (uuid: string) => BigInt(`0x${uuid.replaceAll('-', '')}`)

function numberToUuid(value: bigint): string | null {
  const hex = value.toString(16).padStart(32, '0')
  if (hex.length > 32) return null
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

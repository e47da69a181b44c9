import { z } from 'zod'

/** RFC 3339 in UTC, as the database's clock told it. */
export const time = z.iso.datetime().meta({ examples: ['2026-11-22T09:30:00.000Z'] })

/** A TypeID (https://github.com/jetify-com/typeid): a readable prefix and a UUIDv7 in base32. */
export const id = (prefix: string) =>
  z
    .string()
    .max(100)
    .meta({ examples: [`${prefix}_01kantnxs3f7nbapt8gwfv1t3v`] })

/** Text of 1 to `max` characters, counted as Unicode code points after trimming. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .refine(value => codePoints(value) <= max, {
      error: issue => `may have at most ${max} characters, has ${codePoints(String(issue.input))}`
    })
    .meta({ maxLength: max })

/** JSON Schema counts a string's length the same way. */
export const codePoints = (value: string): number => Array.from(value).length

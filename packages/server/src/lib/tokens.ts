import { createHash, randomBytes } from 'node:crypto'

/** 256 bits that nobody can guess, as they stand in an address, a cookie or a body. */
export const newToken = (): string => randomBytes(32).toString('base64url')

/** As tokens are stored: what is in the database opens nothing. */
export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()

import { createHash, randomBytes } from 'node:crypto'
import { makePkce } from '@upload24/connectors'
import { z } from 'zod'
import type { Seal } from '../../lib/seal.ts'

/** 256 bits that nobody can guess, as they stand in an address or a cookie. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

/** As secrets are stored: what is in the database opens nothing. */
export const hashOf = (secret: string): Buffer => createHash('sha256').update(secret).digest()

const Secrets = z.object({ state: z.string(), verifier: z.string(), challenge: z.string() })
export type LinkSecrets = z.infer<typeof Secrets>

export const newLinkSecrets = (): LinkSecrets => ({ state: newSecret(), ...makePkce() })

export const sealSecrets = (seal: Seal, linkId: string, secrets: LinkSecrets): Buffer =>
  seal.seal(JSON.stringify(secrets), `link:${linkId}`)

export const openSecrets = (seal: Seal, linkId: string, sealed: Buffer): LinkSecrets =>
  Secrets.parse(JSON.parse(seal.open(sealed, `link:${linkId}`)))

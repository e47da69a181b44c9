import { makePkce } from '@upload24/connectors'
import { z } from 'zod'
import type { Seal } from '../../lib/seal.ts'
import { newToken } from '../../lib/tokens.ts'

const Secrets = z.object({ state: z.string(), verifier: z.string(), challenge: z.string() })
export type LinkSecrets = z.infer<typeof Secrets>

export const newLinkSecrets = (): LinkSecrets => ({ state: newToken(), ...makePkce() })

export const sealSecrets = (seal: Seal, linkId: string, secrets: LinkSecrets): Buffer =>
  seal.seal(JSON.stringify(secrets), `link:${linkId}`)

export const openSecrets = (seal: Seal, linkId: string, sealed: Buffer): LinkSecrets =>
  Secrets.parse(JSON.parse(seal.open(sealed, `link:${linkId}`)))

import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

/** Seals secrets at rest: AES-256-GCM; the key's id stands beside the ciphertext, so that keys can be rotated. */
export interface Seal {
  /** `context` is authenticated with the text: a sealed value opens only for the row it was made for. */
  seal(text: string, context: string): Buffer
  open(sealed: Buffer, context: string): string
  /** A key for another purpose (signatures, derived secrets), from the first secret. 32 bytes. */
  derive(purpose: string): Buffer<ArrayBuffer>
  /** The same from every secret, the first one first: for what was sealed elsewhere and must open after a rotation. */
  deriveAll(purpose: string): readonly [Buffer<ArrayBuffer>, ...Buffer<ArrayBuffer>[]]
}

const ID = 4
const NONCE = 12
const TAG = 16

/** The first secret seals, all of them open. Layout: key id (4), nonce (12), tag (16), ciphertext. */
export function createSeal(secrets: readonly [string, ...string[]]): Seal {
  const keys = secrets.map(secret => {
    const key = derive(secret, 'seal')
    return { id: createHash('sha256').update(key).digest().subarray(0, ID), key }
  })
  const [first] = keys as [(typeof keys)[0]]

  return {
    seal(text, context) {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', first.key, nonce).setAAD(Buffer.from(context))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([first.id, nonce, cipher.getAuthTag(), body])
    },
    open(sealed, context) {
      const id = sealed.subarray(0, ID)
      const found = keys.find(each => each.id.equals(id))
      if (!found) throw new Error('sealed with a SECRET_KEY that is not configured any more')
      const nonce = sealed.subarray(ID, ID + NONCE)
      const tag = sealed.subarray(ID + NONCE, ID + NONCE + TAG)
      const cipher = createDecipheriv('aes-256-gcm', found.key, nonce).setAAD(Buffer.from(context)).setAuthTag(tag)
      return cipher.update(sealed.subarray(ID + NONCE + TAG), undefined, 'utf8') + cipher.final('utf8')
    },
    derive: purpose => derive(secrets[0], purpose),
    deriveAll: purpose => [derive(secrets[0], purpose), ...secrets.slice(1).map(secret => derive(secret, purpose))]
  }
}

const derive = (secret: string, purpose: string) => Buffer.from(hkdfSync('sha256', secret, 'upload24', purpose, 32))

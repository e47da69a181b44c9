import { TypeID } from 'typeid-js'
import { v7 } from 'uuid'

export type Prefix =
  | 'account'
  | 'delivery'
  | 'event'
  | 'file'
  | 'import'
  | 'invitation'
  | 'key'
  | 'link'
  | 'session'
  | 'signin'
  | 'tenant'
  | 'upload'
  | 'user'

/** A new id as the database holds it: a UUIDv7, sortable by time. */
export const newId = (): string => v7()

/** `019a…` → `upload_01k…`. */
export const publicId = (prefix: Prefix, uuid: string): string => TypeID.fromUUID(prefix, uuid).toString()

/** `upload_01k…` → its uuid; null when it is no id of this kind, which callers treat as "not there". */
export function readId(prefix: Prefix, text: string): string | null {
  try {
    const id = TypeID.fromString(text)
    return id.getType() === prefix ? id.toUUID() : null
  } catch {
    return null
  }
}

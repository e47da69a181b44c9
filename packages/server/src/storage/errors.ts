/** What a storage call can fail with, apart from faults of the machine. All are told apart by `instanceof`. */
export class StorageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
  }
}

/** The disk or its quota is full. */
export class StorageFull extends StorageError {}

/** More bytes came than allowed or announced. */
export class TooLong extends StorageError {}

/** The body ended, as its sender meant it to, before all announced bytes had come. */
export class TooShort extends StorageError {}

/** The key holds nothing, or the multipart id is unknown, aborted or finished. */
export class Missing extends StorageError {}

/** For a `catch`: what is missing is null, and every other error passes through. */
export function ignoreMissing(error: unknown): null {
  if (error instanceof Missing) return null
  throw error
}

/** The object no longer has the bytes that were frozen. */
export class MediaChanged extends StorageError {}

/** The key was frozen before: nothing may be added. */
export class AlreadyFrozen extends StorageError {}

export interface PartFault {
  readonly part: number
  /** `order`: not above its predecessor. `missing`: never arrived. `etag`: its bytes are others. */
  readonly reason: 'order' | 'missing' | 'etag'
}

/** The list given to `finish` is not what has arrived; an empty `faults` means that the list itself was empty. */
export class BadParts extends StorageError {
  readonly faults: readonly PartFault[]

  constructor(faults: readonly PartFault[]) {
    super(faults.length === 0 ? 'no parts' : faults.map(fault => `part ${fault.part}: ${fault.reason}`).join(', '))
    this.faults = faults
  }
}

const FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

export const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined

/** Turns the system's word for a full disk into ours; every other error passes through. */
export function asStorageError(error: unknown): unknown {
  const code = codeOf(error)
  return code !== undefined && FULL.has(code) ? new StorageFull('the disk is full', { cause: error }) : error
}

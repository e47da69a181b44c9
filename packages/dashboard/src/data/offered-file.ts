import { useSyncExternalStore } from 'react'

let offered: File | undefined
const readers = new Set<() => void>()

/** A file on its way from where it was dropped to the page that sends it. */
export function offerFile(file: File | undefined): void {
  offered = file
  for (const tell of readers) tell()
}

export const useOfferedFile = (): File | undefined =>
  useSyncExternalStore(
    tell => {
      readers.add(tell)
      return () => readers.delete(tell)
    },
    () => offered
  )

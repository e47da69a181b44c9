import { useSyncExternalStore } from 'react'

// As --breakpoint-md.
const narrow = matchMedia('(width < 800px)')

/** Whether seven days have no room side by side. */
export const useNarrow = (): boolean =>
  useSyncExternalStore(
    tell => {
      narrow.addEventListener('change', tell)
      return () => narrow.removeEventListener('change', tell)
    },
    () => narrow.matches
  )

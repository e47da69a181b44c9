import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

/** Also read by public/theme.js, before the first paint. */
const KEY = 'upload24.theme'
const readers = new Set<() => void>()

const read = (): Theme => {
  const kept = document.documentElement.dataset.theme
  return kept === 'light' || kept === 'dark' ? kept : 'system'
}

export function setTheme(theme: Theme): void {
  const { dataset } = document.documentElement
  if (theme === 'system') {
    delete dataset.theme
    localStorage.removeItem(KEY)
  } else {
    dataset.theme = theme
    localStorage.setItem(KEY, theme)
  }
  for (const tell of readers) tell()
}

export const useTheme = (): Theme =>
  useSyncExternalStore(tell => {
    readers.add(tell)
    return () => readers.delete(tell)
  }, read)

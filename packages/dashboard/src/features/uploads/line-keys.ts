import { type RefObject, useEffect } from 'react'

/** `j` and `k` go down and up the lines, as Tab does; Enter opens the one that has the focus, being a link. */
export function useLineKeys(list: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    function press(event: KeyboardEvent) {
      const step = event.key === 'j' ? 1 : event.key === 'k' ? -1 : 0
      if (step === 0 || event.metaKey || event.ctrlKey || event.altKey) return
      if ((event.target as HTMLElement).closest('input, textarea, select, dialog')) return
      const lines = [...(list.current?.querySelectorAll<HTMLElement>('[data-line]') ?? [])]
      const at = lines.indexOf(document.activeElement as HTMLElement)
      lines[at === -1 ? 0 : Math.min(lines.length - 1, Math.max(0, at + step))]?.focus()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [list])
}

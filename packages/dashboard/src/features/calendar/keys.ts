import { type KeyboardEvent, useState } from 'react'
import { addDays } from './days.ts'

const STEPS: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1 }

/**
 * Arrow keys walk the sheet: left and right from day to day, up and down through a day's uploads and on to the next week.
 * Tab stops at one day alone: `reachable`.
 */
export function useSheetKeys(days: readonly string[], today: string, onLeave: (direction: -1 | 1) => void) {
  const [chosen, setChosen] = useState<string>()
  const reachable = [chosen, today, days[0]].find(day => day !== undefined && days.includes(day)) as string

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    if (event.key === 'PageUp' || event.key === 'PageDown') {
      event.preventDefault()
      return onLeave(event.key === 'PageUp' ? -1 : 1)
    }
    const sheet = event.currentTarget
    const target = event.target as HTMLElement
    const day = target.closest<HTMLElement>('[data-day]')?.dataset.day
    if (day === undefined) return
    const step = STEPS[event.key]
    if (step !== undefined) {
      event.preventDefault()
      return focusDay(sheet, addDays(day, step))
    }
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
    event.preventDefault()
    const stops = stopsOf(sheet, day)
    const next = stops[stops.indexOf(target) + (event.key === 'ArrowDown' ? 1 : -1)]
    if (next) next.focus()
    else focusDay(sheet, addDays(day, event.key === 'ArrowDown' ? 7 : -7), event.key === 'ArrowUp')
  }

  function focusDay(sheet: HTMLElement, day: string, isFromBelow = false) {
    const stops = stopsOf(sheet, day)
    if (stops.length === 0) return
    setChosen(day)
    stops.at(isFromBelow ? -1 : 0)?.focus()
  }

  /** Wherever the focus comes from, it is from there that Tab goes on. */
  function onFocus(event: { target: EventTarget }) {
    const day = (event.target as HTMLElement).closest<HTMLElement>('[data-day]')?.dataset.day
    if (day !== undefined) setChosen(day)
  }

  return { reachable, sheetKeys: { onKeyDown, onFocus } }
}

const stopsOf = (sheet: HTMLElement, day: string) => [
  ...sheet.querySelectorAll<HTMLElement>(`[data-day="${day}"] [data-stop], [data-day="${day}"] [data-entry]`)
]

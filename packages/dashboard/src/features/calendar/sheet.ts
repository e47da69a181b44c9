import type { PointerEvent } from 'react'
import type { Upload } from '../../data/uploads.ts'
import type { Lifted } from './use-drag.ts'

/** What every sheet of days is drawn from. */
export interface Sheet {
  readonly byDay: ReadonlyMap<string, readonly Upload[]>
  /** Nothing is known of the days yet. */
  readonly isLoading: boolean
  readonly today: string
  readonly zone: string
  readonly lifted: Lifted | undefined
  /** The day at which Tab stops. */
  readonly reachable: string
  /** Absent: the person may not move uploads, nor make new ones. */
  readonly onLift: ((event: PointerEvent<HTMLElement>, upload: Upload) => void) | undefined
  readonly onNew: ((day: string) => void) | undefined
  readonly onOpen: (upload: Upload) => void
}

/** How a day shows what is lifted above it. */
export function dropLook({ lifted, today }: Sheet, day: string): string {
  if (lifted && day < today) return 'cursor-not-allowed opacity-50'
  return lifted?.over === day ? 'bg-act-well outline-2 -outline-offset-2 outline-act' : ''
}

/** Whether a press fell on the day itself, and on nothing in it. */
export const isOnDay = ({ target }: { target: EventTarget }): boolean =>
  (target as HTMLElement).closest('a, button') === null

import type { RemotePost } from '@upload24/connectors'
import type { Clock, Dice } from './clock.ts'
import type { Platform } from './platform.ts'
import type { Faults, Rules } from './settings.ts'
import type { Tables } from './store.ts'
import type { Subject } from './subject.ts'
import type { Signs } from './worker.ts'

/** One history: its time, its chances, its tables, its platform. */
export interface World {
  readonly clock: Clock
  readonly dice: Dice
  readonly faults: Faults
  readonly rules: Rules
  /** The code under test: the real one, or a copy with a rule taken away. */
  readonly subject: Subject
  readonly settleSeconds: number
  readonly platform: Platform
  readonly signs: Signs
  readonly tables: Tables
  readonly stats: Stats
  /** Something may be claimable now. */
  poke(): void
  /** The database answers nobody until then. */
  outageUntil: number
}

export interface Stats {
  crashes: number
  stalls: number
  claims: number
  takenOver: number
  takenEarly: number
  /** Seconds, over all take-overs, from the last sign of life to the next claim. */
  silence: number
  takenWithinTen: number
  lateSaves: number
  exchanges: number
}

export const noStats = (): Stats => ({
  crashes: 0,
  stalls: 0,
  claims: 0,
  takenOver: 0,
  takenEarly: 0,
  silence: 0,
  takenWithinTen: 0,
  lateSaves: 0,
  exchanges: 0
})

export const postOf = (id: string): RemotePost => ({ id, url: `https://example.com/${id}` })

/** How hard the world is, and which of the rules that live outside the machine are in force. */

export interface Faults {
  /** Chance at each point of a step. */
  readonly crash: number
  readonly stall: number
  /** The worker works on, but its heartbeat does not get through for 10 to 60 s. */
  readonly mute: number
  /** Of a statement, before or after it took effect. */
  readonly statement: number
  /** Of a request or its answer. */
  readonly lostRequest: number
  readonly lostAnswer: number
  /** Up to 60 s under way; as late as a ceiling after our side is over. */
  readonly slow: number
  readonly late: number
  /** Of a changing call and of a question. */
  readonly refusal: number
  readonly refusedQuestion: number
  /** People: cancel, unlink, sign in again, retry, answer. */
  readonly people: number
  /** Chance of an early cancel, and the seconds over which it is spread. */
  readonly cancel: number
  readonly cancelWithin: number
  /** Of an interruption of the database, 8 to 60 s, in which nobody gives a sign of life. */
  readonly outage: number
  /** Of a medium that the platform took and then cannot use. */
  readonly rejection: number
}

export const HARD: Faults = {
  crash: 0.02,
  stall: 0.02,
  mute: 0.005,
  statement: 0.005,
  lostRequest: 0.06,
  lostAnswer: 0.06,
  slow: 0.13,
  late: 0.07,
  refusal: 0.08,
  refusedQuestion: 0.06,
  people: 1,
  cancel: 0.22,
  cancelWithin: 300,
  rejection: 0.07,
  outage: 0
}

export const MILD: Faults = {
  ...HARD,
  crash: 0.0005,
  stall: 0.0005,
  mute: 0.0005,
  statement: 0.0005,
  lostRequest: 0.0025,
  lostAnswer: 0.0025,
  slow: 0.01,
  late: 0.001,
  refusal: 0.0016,
  refusedQuestion: 0.0012,
  people: 0
}

/** Rules of the store, the network and the connectors. A mutation sets one to false. */
export interface Rules {
  readonly guard: boolean
  readonly fence: boolean
  readonly abort: boolean
  readonly oneClock: boolean
  readonly sameBytes: boolean
  readonly alone: boolean
  readonly taken: boolean
  readonly beginSeesCancel: boolean
  readonly cancelAsksRow: boolean
  /** A person's "not there" waits for `settled_at`. */
  readonly lookAfterSettled: boolean
  /** The begin renews the lease and the fence. It does not: nothing needs it. */
  readonly beginHolds: boolean
  /** When may a row be claimed before its lease ends? `calm`: not while a committing doubt is open. */
  readonly takeOver: 'never' | 'calm' | 'always'
  /** Only a worker whose own heartbeat was never late for as long may call another silent. */
  readonly isSteady: boolean
}

export const ALL_RULES: Rules = {
  guard: true,
  fence: true,
  abort: true,
  oneClock: true,
  sameBytes: true,
  alone: true,
  taken: true,
  beginSeesCancel: true,
  cancelAsksRow: true,
  lookAfterSettled: true,
  beginHolds: false,
  takeOver: 'always',
  isSteady: false
}

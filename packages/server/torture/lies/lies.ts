/** One exchange with a sandbox platform, as the wire sees it. */
export interface Exchange {
  /** Method, address without ids, and of a chunk where it begins: the same in every history of one flow. */
  readonly label: string
  /** The how many-th with this label, from 1. */
  readonly nth: number
  readonly method: string
  /** Of the body, as announced. */
  readonly bytes: number
  /** The request carries a token of the account. */
  readonly hasToken: boolean
  /** The address that hands tokens out. */
  readonly isSignIn: boolean
}

export type Lie = keyof typeof LIES

interface Kind {
  /** Whether it makes sense of such an exchange. Absent: of any. */
  readonly fits?: (exchange: Exchange) => boolean
}

/** What the wire can say instead of the truth. The platform has done what was asked where it says "after". */
export const LIES = {
  'request lost': {},
  'request cut': { fits: ({ bytes }: Exchange) => bytes > 1 },
  'answer lost': {},
  'answer cut in its head': {},
  'answer cut in its body': {},
  '500 after the effect': {},
  '429 with Retry-After': {},
  'token just died': { fits: ({ hasToken, isSignIn }: Exchange) => hasToken && !isSignIn },
  'answer later than the time-out': {},
  'request later than the time-out': {},
  // For a minute, byte by byte, so that no time-out ends it but the fence: told where a flow asks for it.
  'answer that trickles': { fits: () => false }
} as const satisfies Record<string, Kind>

export const fits = (lie: Lie, exchange: Exchange): boolean => (LIES[lie] as Kind).fits?.(exchange) ?? true

/** A lie at one exchange of a history. */
export interface Strike {
  readonly label: string
  readonly nth: number
  readonly lie: Lie
}

export const tell = ({ lie, label, nth }: Strike): string => `${lie}, ${label}${nth > 1 ? ` (${nth})` : ''}`

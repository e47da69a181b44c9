import { callsOf, type FaultKind } from './faults.ts'

/** A fault that is worth seeing, ready to be turned on. */
export interface Preset {
  readonly label: string
  readonly words: string
  readonly kind: FaultKind
  readonly value: unknown
}

interface Draft extends Omit<Preset, 'kind' | 'value'> {
  readonly name: string
  readonly value: object | number
  /** The call it hits: the first of these that the platform has. None of them there: the preset is not offered. */
  readonly at?: readonly string[]
}

const DRAFTS: readonly Draft[] = [
  {
    label: 'The answer to the last step is lost',
    words: 'The post is made, but nobody hears of it. It must not be made twice.',
    name: 'cutAnswer',
    at: ['publish', 'lastChunk'],
    value: {}
  },
  {
    label: 'The line breaks while the video is sent',
    words: 'After 100 kB of the body. The rest is sent from where it broke.',
    name: 'dropRequest',
    at: ['chunk', 'upload'],
    value: { bytes: 100_000 }
  },
  {
    label: 'Too many requests',
    words: 'The next call is answered 429: come back in a minute.',
    name: 'status',
    value: { code: 429, retryAfter: 60 }
  },
  {
    label: 'The platform is down',
    words: 'The next five calls are answered 503.',
    name: 'status',
    value: { code: 503, times: 5 }
  },
  {
    label: 'The owner ends the grant',
    words: 'The next call finds it dead. The account must be linked again.',
    name: 'revokeGrant',
    value: {}
  },
  {
    label: 'The upload session is forgotten',
    words: 'The next call that names one is told that there is none.',
    name: 'forgetSessions',
    value: {}
  },
  {
    label: 'Everything is slow',
    words: 'Each call takes three seconds longer, until it is turned off.',
    name: 'delayMs',
    value: { ms: 3000, times: 100_000 }
  },
  {
    label: 'New posts are listed late',
    words: 'A list shows a post only a minute after it was made.',
    name: 'showPostsAfterSeconds',
    value: 60
  }
]

/** Those that this sandbox can play. */
export function presetsOf(kinds: readonly FaultKind[]): Preset[] {
  return DRAFTS.flatMap(({ name, at: wanted, label, words, value }) => {
    const kind = kinds.find(each => each.name === name)
    const at = wanted?.find(call => callsOf(kind?.rule).includes(call))
    if (!kind || (wanted && !at)) return []
    return [{ label, words, kind, value: at ? { ...(value as object), at } : value }]
  })
}

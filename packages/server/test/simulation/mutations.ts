import type { Faults, Rules } from './settings.ts'
import type { Substitution } from './subject.ts'

/** A rule of exactly-once, taken away: in a copy of the source, or by a switch of the simulated world. */
export interface Mutation {
  /** Its number in docs/decisions/0001-one-exchange-per-step.md. */
  readonly rule: string
  readonly name: string
  readonly source?: readonly Substitution[]
  readonly rules?: Partial<Rules>
  /** Rules of the world in which it is judged, with and without the mutation. */
  readonly base?: Partial<Rules>
  /** Faults that provoke what the rule guards against. The same world with the rule in place must be clean. */
  readonly faults?: Partial<Faults>
  /** Where it shows; absent: everywhere. */
  readonly shapes?: readonly string[]
}

const LATE: Partial<Faults> = { late: 0.45, crash: 0.02, stall: 0.04 }
/** Where a post shows long after it was made. */
const LAGGING = ['instagram', 'facebook', 'x', 'pinterest', 'linkedin']
/** Where a commit is repeated; where a post is found by comparing lists. */
const REPEATING = ['linkedin', 'mastodon', 'bluesky']
const LISTED = ['instagram', 'pinterest']

export const MUTATIONS: readonly Mutation[] = [
  {
    rule: '1',
    name: 'write first',
    source: [
      {
        file: 'engine.ts',
        from: 'const begun = await work.store.begin(row, begin(d, call, shape))',
        to: 'const begun = { ...row, delivery: begin(d, call, shape).delivery }'
      }
    ]
  },
  { rule: '2', name: 'guard every write', rules: { guard: false } },
  {
    rule: '3',
    name: 'in doubt, ask',
    shapes: ['instagram', 'facebook', 'pinterest'],
    source: [
      { file: 'machine.ts', from: 'if (!d.doubt) return CALLS[d.stage]', to: 'return CALLS[d.stage]' },
      {
        file: 'engine.ts',
        from: "if (call === 'commit' && doubt?.commits && !inWindow(row.times, shape)) continue",
        to: ''
      }
    ]
  },
  {
    rule: '4',
    name: '"no" must be waited for',
    source: [
      { file: 'machine.ts', from: 'if (t.settlesIn > 0) return again(d, Math.min(backoff(d), t.settlesIn))', to: '' }
    ]
  },
  {
    rule: '5',
    name: 'count from the end, not the start',
    source: [
      {
        file: 'machine.ts',
        from: 'settle: LEASE + CEILING + shape.settleSeconds',
        to: 'settle: CEILING + shape.settleSeconds'
      },
      { file: 'machine.ts', from: '{ ...next, settle: CEILING + shape.settleSeconds } : next', to: 'next : next' }
    ],
    faults: LATE,
    shapes: LAGGING
  },
  {
    rule: '6',
    name: "add the request's own life",
    source: [{ file: 'delivery.ts', from: 'export const CEILING = 120', to: 'export const CEILING = 0' }],
    faults: LATE,
    shapes: LAGGING
  },
  { rule: '7', name: 'fence', rules: { fence: false }, faults: { ...LATE, stall: 0.15 }, shapes: LAGGING },
  { rule: '8', name: 'abort', rules: { abort: false }, faults: LATE, shapes: LAGGING },
  {
    rule: '9',
    name: 'taken is taken: an acknowledgement commits',
    source: [{ file: 'machine.ts', from: ': acknowledged(d, call, p, shape)', to: ': move(d, p, shape)' }]
  },
  {
    rule: '9b',
    name: 'taken is taken: and is never taken back',
    source: [
      { file: 'machine.ts', from: "if (d.stage === 'committed' && !d.absent) return again(d, backoff(d))", to: '' }
    ]
  },
  {
    rule: '10',
    name: 'unclear is lost',
    shapes: ['instagram', 'facebook', 'x', 'pinterest', 'telegram'],
    source: [
      {
        file: 'engine.ts',
        from: "error instanceof Refused && error.failure.kind !== 'unknown'",
        to: 'error instanceof Refused'
      }
    ]
  },
  {
    rule: '11',
    name: 'one clock',
    rules: { oneClock: false },
    faults: { late: 0.6, crash: 0.02, stall: 0.03 },
    shapes: ['instagram', 'pinterest', 'linkedin', 'mastodon', 'facebook']
  },
  { rule: '12', name: 'same bytes', shapes: REPEATING, rules: { sameBytes: false } },
  {
    rule: '13',
    name: "repeat only inside the platform's memory",
    shapes: ['linkedin'],
    source: [
      { file: 'machine.ts', from: '=> t.doubtAge <= shape.repeatableSeconds', to: '=> shape.repeatableSeconds >= 0' }
    ]
  },
  {
    rule: '13b',
    name: 'the window is judged by the begin itself',
    source: [
      {
        file: 'engine.ts',
        from: "if (call === 'commit' && doubt?.commits && !inWindow(row.times, shape)) continue",
        to: ''
      }
    ],
    base: { beginHolds: true },
    faults: { stall: 0.25, late: 0.3 },
    shapes: ['linkedin']
  },
  {
    rule: '14',
    name: 'never two under way',
    shapes: ['linkedin', 'mastodon'],
    source: [
      { file: 'machine.ts', from: "=== 'commit' && t.settlesIn <= 0 && inWindow", to: "=== 'commit' && inWindow" }
    ]
  },
  {
    rule: '15',
    name: 'a refused repeat settles nothing',
    shapes: REPEATING,
    source: [{ file: 'machine.ts', from: "(call === 'check' || d.doubt?.repeat === true)", to: "call === 'check'" }]
  },
  {
    rule: '16',
    name: 'a refused question settles nothing',
    source: [
      { file: 'machine.ts', from: "(call === 'check' || d.doubt?.repeat === true)", to: 'd.doubt?.repeat === true' }
    ]
  },
  { rule: '17', name: 'one at a time where lists decide', shapes: LISTED, rules: { alone: false } },
  { rule: '18', name: "never another's post", shapes: LISTED, rules: { taken: false } },
  {
    rule: '19',
    name: 'cancel: begin asks the row again',
    rules: { beginSeesCancel: false },
    faults: { cancel: 1, cancelWithin: 12, stall: 0.02, crash: 0 },
    shapes: ['youtube', 'tiktok', 'peertube']
  },
  { rule: '19b', name: 'cancel: asked of the row', rules: { cancelAsksRow: false } },
  {
    rule: '20',
    name: 'say so',
    source: [{ file: 'outcomes.ts', from: 'failure: { ...UNKNOWN, kind: f.kind }', to: 'failure: f' }]
  },
  {
    rule: '21',
    name: 'settled_at counts from the fence, not from the take-over',
    source: [
      {
        file: 'machine.ts',
        from: 'settle: LEASE + CEILING + shape.settleSeconds',
        to: 'settle: 7 + CEILING + shape.settleSeconds'
      }
    ],
    faults: LATE,
    shapes: LAGGING
  },
  {
    rule: '22',
    name: 'a dead try leaves no post behind',
    source: [{ file: 'outcomes.ts', from: 'doubt: null, post: null }', to: 'doubt: null }' }],
    faults: { refusedQuestion: 0.2, rejection: 0.5 },
    shapes: ['youtube']
  },
  {
    rule: '23',
    name: 'a person\'s "not there" waits too',
    rules: { lookAfterSettled: false },
    faults: { late: 0.7, stall: 0.08 },
    shapes: ['telegram']
  }
]

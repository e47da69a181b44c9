// biome-ignore-all lint/suspicious/noTemplateCurlyInString: lines of source, placeholders included

/** A line of a source file, and what stands there without the safeguard. */
export interface Replacement {
  /** The end of the file's path. */
  readonly file: string
  /** Must stand in the file exactly once. */
  readonly from: string
  readonly to: string
}

export interface Safeguard {
  readonly name: string
  /** What it is for. */
  readonly about: string
  readonly replacements: readonly Replacement[]
}

/** What keeps an upload from being lost or posted twice. `--without <name>` takes one away, in the processes under test alone. */
export const SAFEGUARDS: readonly Safeguard[] = [
  {
    name: 'write-first',
    about: 'the row says that a call is about to be made before it is made',
    replacements: [
      {
        file: 'server/src/deliveries/engine.ts',
        from: 'const begun = await work.store.begin(row, begin(d, call, shape))',
        to: 'const begun = { ...row, delivery: begin(d, call, shape).delivery }'
      }
    ]
  },
  {
    name: 'lease-guard',
    about: 'a worker writes under its own lease only',
    replacements: [
      {
        file: 'server/src/deliveries/queries.ts',
        from: 'where d.id = ${id} and d.lease = ${lease} and d.stop is null',
        to: 'where d.id = ${id} and (d.lease = ${lease} or true) and d.stop is null'
      },
      {
        file: 'server/src/deliveries/queries.ts',
        from: 'where d.id = ${id} and d.lease = ${lease}\n    returning ${givesBack',
        to: 'where d.id = ${id} and (d.lease = ${lease} or true)\n    returning ${givesBack'
      }
    ]
  },
  {
    name: 'ask-in-doubt',
    about: 'a commit without an answer is asked about, not sent again',
    replacements: [
      {
        file: 'server/src/deliveries/machine.ts',
        from: 'if (!d.doubt) return CALLS[d.stage]',
        to: 'return CALLS[d.stage]'
      },
      {
        file: 'server/src/deliveries/engine.ts',
        from: "if (call === 'commit' && doubt?.commits && !inWindow(row.times, shape)) continue",
        to: ''
      }
    ]
  },
  {
    name: 'settle',
    about: '"not posted" counts only when nothing of ours can still arrive and the platform had its time',
    replacements: [
      {
        file: 'server/src/deliveries/machine.ts',
        from: 'if (t.settlesIn > 0) return again(d, Math.min(backoff(d), t.settlesIn))',
        to: ''
      }
    ]
  },
  {
    name: 'fence',
    about: "nothing leaves a worker after its lease's end",
    replacements: [
      {
        file: 'server/src/deliveries/fence.ts',
        from: 'if (controller.signal.aborted || left() <= 0) throw new LeaseLost()',
        to: ''
      },
      // A watch that goes on would ask again at once, for ever.
      { file: 'server/src/deliveries/fence.ts', from: 'if (left() <= 0) close()', to: 'if (left() <= 0) return' }
    ]
  },
  {
    name: 'take-over',
    about: 'what a silent worker held is taken over within seconds',
    replacements: [
      {
        file: 'server/src/deliveries/claim-queries.ts',
        from: '${LEASE}, ${SILENT})',
        to: '${LEASE}, ${SILENT} + 86400)'
      }
    ]
  },
  {
    name: 'refresh-lock',
    about: 'one process at a time renews a grant',
    replacements: [
      {
        file: 'server/src/accounts/queries.ts',
        from: 'and (refresh_lease is null or refresh_until < now())',
        to: ''
      },
      {
        file: 'server/src/accounts/tokens.ts',
        from: 'if (!grant.isRefreshing) {',
        to: 'if (true) {'
      }
    ]
  },
  {
    name: 'unclear-is-lost',
    about: 'a refusal that may hide a success counts as no answer',
    replacements: [
      {
        file: 'server/src/deliveries/engine.ts',
        from: "if (error instanceof Refused && error.failure.kind !== 'unknown')",
        to: 'if (error instanceof Refused)'
      }
    ]
  },
  {
    name: 'frozen-step',
    about: 'a process that is frozen while it writes does not keep the row for itself',
    replacements: [{ file: 'server/src/db/open.ts', from: '...BOUND,', to: '' }]
  },
  {
    name: 'idempotency-key',
    about: 'a request that is repeated with its key makes nothing new',
    replacements: [
      {
        file: 'server/src/idempotency/guard.ts',
        from: 'if (caller === null || endpoint.idempotency === undefined) return run()',
        to: 'return run()'
      }
    ]
  }
]

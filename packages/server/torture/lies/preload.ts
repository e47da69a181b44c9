import { replaceLines, without } from '../replace.ts'
import type { Replacement } from '../safeguards.ts'

/*
 * Loaded with `--import` into the processes under test, before the first line of the server, which knows nothing of it. The
 * time-outs of an exchange are minutes; here they are seconds, so that a pause which outlives them can be waited for.
 * Accounts are cared for each second instead of each minute. A safeguard can be taken away.
 */
const SHORT: readonly Replacement[] = [
  { file: 'connectors/src/network.ts', from: 'headersTimeout: 240_000', to: 'headersTimeout: 4_000' },
  { file: 'connectors/src/network.ts', from: 'bodyTimeout: 240_000', to: 'bodyTimeout: 4_000' },
  { file: 'server/src/sweeper.ts', from: 'const MINUTE = 60_000', to: 'const MINUTE = 1_000' }
]

replaceLines([...SHORT, ...without(process.env.TORTURE_WITHOUT)])

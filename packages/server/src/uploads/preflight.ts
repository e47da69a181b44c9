import type { Connector, MediaFacts } from '@upload24/connectors'
import type { Fault } from '@upload24/contract'
import type { MediaMeasures, Probe } from '../media/measures.ts'
import type { TargetAccount } from './queries.ts'
import { refuseMedia } from './targets.ts'

/** What rules are held against: what was announced, and what was measured. */
export const factsOf = (
  file: { readonly bytes: number; readonly contentType: string },
  measures: MediaMeasures
): MediaFacts => ({ bytes: file.bytes, contentType: file.contentType, ...measures })

/** Of a file that nobody could watch. */
export const noVideo = ({ looksLike }: Probe): Fault => ({
  path: 'file',
  code: 'not_a_video',
  message: `is no video: it looks like ${looksLike}. Send one that plays to its end`
})

/** What the platforms of these accounts would refuse about the file. */
export const refuseFile = (
  connectors: Readonly<Record<string, Connector>>,
  accounts: readonly TargetAccount[],
  facts: MediaFacts
): Fault[] =>
  accounts.flatMap(account => {
    const connector = connectors[account.platform]
    return connector ? refuseMedia(connector, account, facts) : []
  })

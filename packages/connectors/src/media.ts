import type { Account, Connector, Fault } from './connector.ts'

/** What is known of a file: first what was announced, later what was measured. */
export interface MediaFacts {
  readonly bytes: number
  readonly contentType: string
  readonly seconds?: number
  readonly width?: number
  readonly height?: number
}

/** What the platform would refuse about the file. Unknown measures are not judged. */
export function checkMedia(connector: Connector, account: Account, media: MediaFacts): Fault[] {
  const rules = connector.rules(account)
  const faults: Fault[] = []
  const type = media.contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const takes = rules.contentTypes.some(t => t === type || (t.endsWith('/*') && type.startsWith(t.slice(0, -1))))
  const fault = (code: string, message: string, measured?: { limit: number; measured: number }): void => {
    faults.push({ field: 'file', code, message: `${connector.name} ${message}`, ...measured })
  }
  if (!takes) fault('content_type', `takes ${rules.contentTypes.join(', ')}, not ${type || 'a file without a type'}.`)
  if (media.bytes > rules.maxBytes) {
    fault('too_large', `takes at most ${rules.maxBytes} bytes.`, { limit: rules.maxBytes, measured: media.bytes })
  }
  const [shortest, longest] = rules.seconds ?? [0, Number.POSITIVE_INFINITY]
  if (media.seconds !== undefined && media.seconds > longest) {
    fault('too_long', `takes at most ${longest} seconds on this account.`, { limit: longest, measured: media.seconds })
  }
  if (media.seconds !== undefined && media.seconds < shortest) {
    fault('too_short', `takes at least ${shortest} seconds.`, { limit: shortest, measured: media.seconds })
  }
  if (rules.aspect && media.width !== undefined && media.height) {
    const [narrowest, widest] = rules.aspect
    const measured = media.width / media.height
    if (measured < narrowest)
      fault('too_narrow', `takes pictures of ${narrowest} or wider.`, { limit: narrowest, measured })
    if (measured > widest) fault('too_wide', `takes pictures of ${widest} or narrower.`, { limit: widest, measured })
  }
  return faults
}

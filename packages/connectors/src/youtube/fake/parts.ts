import { refuse } from './errors.ts'

const LEGAL = [
  'auditDetails',
  'brandPartner',
  'brandingSettings',
  'contentDetails',
  'contentOwnerDetails',
  'fileDetails',
  'id',
  'liveStreamingDetails',
  'localizations',
  'paidProductPlacementDetails',
  'player',
  'processingDetails',
  'recordingDetails',
  'replies',
  'snippet',
  'statistics',
  'status',
  'suggestions',
  'topicDetails'
]

/** The `part` parameter, which may be repeated and may hold commas. */
export function partsOf(query: URLSearchParams): readonly string[] {
  const at = { location: 'part', locationType: 'parameter' }
  const parts = query
    .getAll('part')
    .flatMap(value => value.split(','))
    .map(part => part.trim())
    .filter(Boolean)
  if (parts.length === 0) throw refuse(400, 'missingRequiredParameter', { message: 'Required parameter: part', ...at })
  const unknown = parts.filter(part => !LEGAL.includes(part))
  if (unknown.length > 0) throw refuse(400, 'unknownPart', { message: `'${unknown.join(',')}'`, ...at })
  return parts
}

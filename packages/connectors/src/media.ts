import type { Account, AudioTrack, Connector, Fault, Rules, VideoTrack } from './connector.ts'

/** What is known of a file: first what was announced, later what was measured. */
export interface MediaFacts {
  readonly bytes?: number
  readonly contentType?: string
  readonly seconds?: number
  readonly width?: number
  readonly height?: number
  readonly container?: string
  readonly video?: VideoTrack
  /** Null: measured, and there is no sound. */
  readonly audio?: AudioTrack | null
}

/** What the platform would refuse about the file, from its rules. Unknown measures are not judged. */
export function checkMedia(connector: Connector, account: Account, media: MediaFacts): Fault[] {
  const rules = connector.rules(account)
  const found = [checkType(rules, media), ...checkWords(rules, media), ...checkRanges(rules, media)]
  return found.flatMap(each => {
    if (!each) return []
    const { code, sentence, limit, measured, isMendable } = each
    return [{ field: 'file', code, message: `${connector.name} takes ${sentence}.`, limit, measured, isMendable }]
  })
}

interface Found {
  readonly code: string
  readonly sentence: string
  readonly limit: number | string
  readonly measured: number | string
  readonly isMendable: boolean
}

function checkType({ contentTypes }: Rules, media: MediaFacts): Found | undefined {
  if (media.contentType === undefined) return undefined
  const type = media.contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  const takes = contentTypes.some(t => t === type || (t.endsWith('/*') && type.startsWith(t.slice(0, -1))))
  const limit = contentTypes.join(', ')
  const measured = type || 'no type'
  return takes
    ? undefined
    : { code: 'content_type', sentence: `${limit}, not ${measured}`, limit, measured, isMendable: true }
}

/** Containers and codecs: short words, of which one must fit. */
function checkWords(rules: Rules, { container, video, audio }: MediaFacts): (Found | undefined)[] {
  const check = (code: string, what: string, list: readonly string[] | undefined, measured: string | undefined) => {
    if (!list || measured === undefined || list.includes(measured)) return undefined
    const limit = list.join(', ')
    return { code, sentence: `${limit} as ${what}, not ${measured}`, limit, measured, isMendable: true }
  }
  return [
    check('container', 'the container', rules.containers, container),
    check('video_codec', 'the video codec', rules.videoCodecs, video?.codec),
    check('audio_codec', 'the audio codec', rules.audioCodecs, audio?.codec)
  ]
}

function checkRanges(rules: Rules, media: MediaFacts): (Found | undefined)[] {
  const { bytes, seconds, width, height, video, audio } = media
  const aspect = width !== undefined && height ? width / height : undefined
  const check = (
    code: string,
    unit: string,
    range: readonly [number, number] | undefined,
    measured: number | undefined,
    isMendable = true
  ): Found | undefined => {
    if (!range || measured === undefined || (measured >= range[0] && measured <= range[1])) return undefined
    const isBelow = measured < range[0]
    const limit = isBelow ? range[0] : range[1]
    const shown = Math.round(measured * 1000) / 1000
    const sentence = `${isBelow ? 'at least' : 'at most'} ${limit}${unit}, and this is ${shown}`
    return { code: `${code}_${isBelow ? 'too_small' : 'too_big'}`, sentence, limit, measured: shown, isMendable }
  }
  return [
    check('size', ' bytes', [0, rules.maxBytes], bytes),
    // Encoding changes neither how long a video is nor what it shows.
    check('duration', ' seconds', rules.seconds, seconds, false),
    check('width', ' pixels across', rules.width, width),
    check('height', ' pixels down', rules.height, height),
    check('aspect', ' (width ÷ height)', rules.aspect, aspect),
    check('frame_rate', ' frames a second', rules.framesPerSecond, video?.framesPerSecond),
    check('audio_channels', ' audio channels', rules.audioChannels, audio?.channels),
    check('sample_rate', ' audio samples a second', rules.samplesPerSecond, audio?.samplesPerSecond)
  ]
}

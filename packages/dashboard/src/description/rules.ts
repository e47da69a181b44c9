import type { Platform } from '../data/accounts.ts'
import { formatBytes, formatClock } from '../ui/format.ts'
import type { Fault } from './check.ts'
import { unitWord } from './count.ts'
import type { VideoFacts } from './measures.ts'

export type Rules = Platform['media']
type Range = readonly [number, number] | null

/** What the rules refuse about the file, at once; the server says the same a moment later, and has the last word. */
export function checkMedia(rules: Rules, { file, contentType, measures = {} }: VideoFacts): Fault[] {
  const { width, height, durationSeconds, frameRate } = measures
  const isTaken = (taken: string) =>
    taken === contentType || (taken.endsWith('/*') && contentType?.startsWith(taken.slice(0, -1)))
  return [
    contentType && !rules.contentTypes.some(isTaken)
      ? fault('content_type', rules.contentTypes.join(', '), contentType)
      : undefined,
    among('container', rules.containers, measures.container),
    among('video_codec', rules.videoCodecs, measures.videoCodec),
    among('audio_codec', rules.audioCodecs, measures.audioCodec),
    within('size', [0, rules.maxBytes], file.size),
    within('duration', rules.seconds, durationSeconds),
    within('width', rules.width, width),
    within('height', rules.height, height),
    within('aspect', rules.aspect, width && height ? width / height : undefined),
    within('frame_rate', rules.frameRate, frameRate),
    within('audio_channels', rules.audioChannels, measures.audioChannels),
    within('sample_rate', rules.audioSampleRate, measures.audioSampleRate)
  ].filter(found => found !== undefined)
}

const fault = (code: string, limit: number | string, measured: number | string): Fault => ({
  path: 'file',
  code,
  message: '',
  limit,
  measured
})

const among = (code: string, list: readonly string[] | null, measured: string | undefined) =>
  list && measured !== undefined && !list.includes(measured) ? fault(code, list.join(', '), measured) : undefined

function within(code: string, range: Range, measured: number | undefined): Fault | undefined {
  if (!range || measured === undefined) return undefined
  if (measured < range[0]) return fault(`${code}_too_small`, range[0], measured)
  return measured > range[1] ? fault(`${code}_too_big`, range[1], measured) : undefined
}

const rounded = (value: unknown) => (typeof value === 'number' ? Math.round(value * 1000) / 1000 : value)
const shape = (value: unknown) => (typeof value === 'number' ? shapeWord(value) : value)
const clock = (value: unknown) =>
  typeof value !== 'number' ? value : value < 60 ? `${rounded(value)} s` : formatClock(value)
const bytes = (value: unknown) => (typeof value === 'number' ? formatBytes(value) : value)

/** Sentences with the measured value and the limit; of any other fault the server's own. */
const WORDS: Readonly<Record<string, (limit: unknown, measured: unknown) => string>> = {
  duration_too_big: (limit, measured) => `${clock(measured)} is longer than the ${clock(limit)} it takes.`,
  duration_too_small: (limit, measured) => `${clock(measured)} is shorter than the ${clock(limit)} it asks for.`,
  size_too_big: (limit, measured) => `${bytes(measured)} is more than the ${bytes(limit)} it takes.`,
  aspect_too_big: (limit, measured) => `The shape ${shape(measured)} is wider than ${shape(limit)}.`,
  aspect_too_small: (limit, measured) => `The shape ${shape(measured)} is narrower than ${shape(limit)}.`,
  width_too_big: (limit, measured) => `${measured} pixels across are more than the ${limit} it takes.`,
  width_too_small: (limit, measured) => `${measured} pixels across are fewer than the ${limit} it asks for.`,
  height_too_big: (limit, measured) => `${measured} pixels down are more than the ${limit} it takes.`,
  height_too_small: (limit, measured) => `${measured} pixels down are fewer than the ${limit} it asks for.`,
  frame_rate_too_big: (limit, measured) => `${rounded(measured)} frames a second are more than the ${limit} it takes.`,
  frame_rate_too_small: (limit, measured) => `${rounded(measured)} frames a second are fewer than ${limit}.`,
  audio_channels_too_big: (limit, measured) => `${measured} audio channels are more than the ${limit} it takes.`,
  sample_rate_too_big: (limit, measured) => `Sound at ${measured} Hz is more than the ${limit} Hz it takes.`,
  sample_rate_too_small: (limit, measured) => `Sound at ${measured} Hz is less than the ${limit} Hz it asks for.`,
  container: (limit, measured) => `${measured} is not a container it takes: ${limit}.`,
  video_codec: (limit, measured) => `Pictures in ${measured} are not taken: ${limit}.`,
  audio_codec: (limit, measured) => `Sound in ${measured} is not taken: ${limit}.`,
  content_type: (limit, measured) => `${measured} is not taken: ${limit}.`
}

export function faultWords({ path, code, message, limit, measured }: Fault, unit?: string): string {
  const words = path === 'file' ? WORDS[code] : undefined
  if (words) return words(limit, measured)
  if (path.endsWith('title') && code === 'too_long' && limit !== undefined)
    return `The title has ${measured} ${unitWord(unit ?? '')}, ${limit} are allowed.`
  const text = message.replace(/\.$/, '')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

const SHAPES: readonly (readonly [number, string])[] = [
  [9 / 16, '9:16'],
  [2 / 3, '2:3'],
  [3 / 4, '3:4'],
  [4 / 5, '4:5'],
  [1, '1:1'],
  [5 / 4, '5:4'],
  [4 / 3, '4:3'],
  [3 / 2, '3:2'],
  [16 / 9, '16:9'],
  [1.91, '1.91:1'],
  [21 / 9, '21:9'],
  [0.01, '1:100']
]

/** The usual name of a shape, where it is within a hundredth of one. */
export const shapeWord = (aspect: number): string =>
  SHAPES.find(([value]) => Math.abs(value - aspect) / value < 0.01)?.[1] ?? `${aspect.toFixed(2)}:1`

import {
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  type InputFormat,
  type InputVideoTrack,
  IsobmffInputFormat,
  MATROSKA,
  MP4,
  MPEG_TS,
  OGG,
  QTFF,
  type Source,
  UnsupportedInputFormatError,
  WEBM
} from 'mediabunny'
import { HEAD_BYTES, lookAt } from './looks.ts'
import type { MediaMeasures, Probe } from './measures.ts'

export interface Readable {
  readonly bytes: number
  read(start: number, end: number): Promise<Uint8Array>
}

/** Enough for a steady rate; few where the container keeps no index, and each picture has to be found in its bytes. */
const RATE_PACKETS = { indexed: 1000, others: 120 }
const RATES = [23.976, 24, 25, 29.97, 30, 48, 50, 59.94, 60, 119.88, 120]

const words = new Map<InputFormat, string>([
  [MP4, 'mp4'],
  [QTFF, 'mov'],
  [MATROSKA, 'mkv'],
  [WEBM, 'webm'],
  [MPEG_TS, 'ts'],
  [OGG, 'ogg']
])

/**
 * Measures a file, the cheap things first: `tell` hears what is known so far, for whoever loses patience. `source`
 * gives the bytes of `file`.
 */
export async function measure(file: Readable, source: Source, tell: (known: Probe) => void): Promise<Probe> {
  using input = new Input({ formats: [...words.keys()], source })
  const head = await file.read(0, Math.min(HEAD_BYTES, file.bytes))
  const format = await formatOf(input)
  if (!format) {
    const { looksLike, container } = lookAt(head)
    return { media: container === undefined ? null : { container }, looksLike }
  }
  const container = wordOf(format, head)
  const looksLike = `a video (${container})`
  const video = await input.getPrimaryVideoTrack()
  const audio = await input.getPrimaryAudioTrack()
  if (!video) return { media: null, looksLike: explainNoVideo(container, audio !== null) }

  let known: MediaMeasures = { container, ...(await describe(video, audio)) }
  const learn = (more: Partial<MediaMeasures>) => {
    known = { ...known, ...more }
    tell({ media: known, looksLike })
  }
  learn({})
  const start = Math.max(0, await firstOf(input, format))
  const learnLength = (end: number | null) => {
    if (end !== null && isSane(end - start, 1e7)) learn({ seconds: round(end - start) })
  }
  // The pictures alone first: of a very long film the thread may not hold the index of the sound as well.
  const told = await input.getDurationFromMetadata([video])
  learnLength(told)
  if (told !== null) learnLength(await input.getDurationFromMetadata())
  const isIndexed = format instanceof IsobmffInputFormat
  if (isIndexed && told !== null && (await new EncodedPacketSink(video).getPacket(Number.POSITIVE_INFINITY)) === null) {
    // The index tells of all pictures, also where the bytes end before the last one.
    return { media: null, looksLike: `${looksLike} that was cut off: its last pictures are missing` }
  }
  if (told === null) learnLength(await input.computeDuration())
  const { averagePacketRate } = await video.computePacketStats(RATE_PACKETS[isIndexed ? 'indexed' : 'others'])
  const bitsPerSecond = (await video.getBitrate()) ?? (file.bytes * 8) / (known.seconds ?? Number.NaN)
  learn({
    video: {
      codec: known.video?.codec as string,
      ...(isSane(averagePacketRate, 1e4) && { framesPerSecond: steady(averagePacketRate) }),
      ...(isSane(bitsPerSecond, 1e12) && { bitsPerSecond: Math.round(bitsPerSecond) })
    }
  })
  return { media: known, looksLike }
}

async function formatOf(input: Input): Promise<InputFormat | null> {
  try {
    return await input.getFormat()
  } catch (error) {
    if (error instanceof UnsupportedInputFormatError) return null
    throw error
  }
}

/** `ftyp` names the brand: 3GPP's own files are read like MP4, but platforms take them apart. */
function wordOf(format: InputFormat, head: Uint8Array): string {
  const brand = Buffer.from(head.subarray(8, 11)).toString('latin1')
  return format === MP4 && brand.startsWith('3g') ? '3gp' : (words.get(format) as string)
}

function explainNoVideo(container: string, hasSound: boolean): string {
  if (hasSound) return `sound without pictures (${container})`
  return `a video (${container}) that was cut off or never finished: it has no index of its pictures`
}

async function describe(video: InputVideoTrack, audio: InputAudioTrack | null): Promise<Partial<MediaMeasures>> {
  const width = Math.round(await video.getDisplayWidth())
  const height = Math.round(await video.getDisplayHeight())
  const codec = await codecOf(video)
  return {
    ...(isSane(width, 65_535) && isSane(height, 65_535) && { width, height }),
    video: { codec },
    audio: audio && (await describeSound(audio))
  }
}

async function describeSound(audio: InputAudioTrack) {
  const channels = await audio.getNumberOfChannels()
  const samplesPerSecond = await audio.getSampleRate()
  return {
    codec: await codecOf(audio),
    ...(isSane(channels, 1024) && { channels }),
    ...(isSane(samplesPerSecond, 1e7) && { samplesPerSecond })
  }
}

/** Where there is no short word, the container's own name of it. */
async function codecOf(track: InputVideoTrack | InputAudioTrack): Promise<string> {
  const codec = await track.getCodec()
  if (codec) return codec
  const own = await track.getInternalCodecId()
  return typeof own === 'string' && /^[\w./-]{1,40}$/.test(own) ? own : 'unknown'
}

/** Broadcasts begin at any time of day; everything else begins at nought. */
const firstOf = async (input: Input, format: InputFormat) => (format === MPEG_TS ? input.getFirstTimestamp() : 0)

/** What a hostile file says of itself must fit what it is stored in and shown with. */
const isSane = (value: number, max: number) => value > 0 && value <= max

/** Containers that round times to milliseconds make 60.01 of 60, which a rule of at most 60 would refuse. */
function steady(rate: number): number {
  const near = RATES.toSorted((a, b) => Math.abs(a - rate) - Math.abs(b - rate))[0] as number
  return Math.abs(near - rate) / near < 0.001 ? near : round(rate)
}

const round = (value: number) => Math.round(value * 1000) / 1000

import {
  BlobSource,
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
  WEBM
} from 'mediabunny'
import type { Measured, Measures } from '../../description/measures.ts'

const WORDS = new Map<InputFormat, string>([
  [MP4, 'mp4'],
  [QTFF, 'mov'],
  [MATROSKA, 'mkv'],
  [WEBM, 'webm'],
  [MPEG_TS, 'ts'],
  [OGG, 'ogg']
])

/** Containers that are known by their first bytes alone; the server measures them. */
const HEADS: readonly (readonly [string, string])[] = [
  ['RIFF', 'avi'],
  ['FLV', 'flv'],
  ['\x30\x26\xb2\x75', 'wmv'],
  ['\x00\x00\x01', 'mpeg']
]

/** Reads the index of the file and some of its beginning, never the whole. */
export async function measure(file: File): Promise<Measured> {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 16).arrayBuffer()))
  const input = new Input({ formats: [...WORDS.keys()], source: new BlobSource(file) })
  try {
    const format = await input.getFormat().catch(() => null)
    if (!format) {
      const container = HEADS.find(([start]) => head.startsWith(start))?.[1]
      return container ? { measures: { container } } : { fault: 'This file is not a video that can be read.' }
    }
    const container = format === MP4 && head.slice(8, 10) === '3g' ? '3gp' : (WORDS.get(format) as string)
    const video = await input.getPrimaryVideoTrack()
    if (!video) return { fault: `This ${container} file has no pictures: it is sound alone, or was never finished.` }
    const end = (await input.getDurationFromMetadata()) ?? (await input.computeDuration())
    if (format instanceof IsobmffInputFormat && (await new EncodedPacketSink(video).getPacket(Infinity)) === null)
      return { fault: 'This video was cut off: its last pictures are missing.' }
    const start = format === MPEG_TS ? await input.getFirstTimestamp() : 0
    return {
      measures: {
        container,
        durationSeconds: round(end - start),
        ...(await describe(video, await input.getPrimaryAudioTrack()))
      }
    }
  } finally {
    input.dispose()
  }
}

async function describe(video: InputVideoTrack, audio: InputAudioTrack | null): Promise<Measures> {
  const { averagePacketRate } = await video.computePacketStats(120)
  return {
    width: Math.round(await video.getDisplayWidth()),
    height: Math.round(await video.getDisplayHeight()),
    videoCodec: (await video.getCodec()) ?? undefined,
    frameRate: averagePacketRate > 0 ? steady(averagePacketRate) : undefined,
    ...(audio && {
      audioCodec: (await audio.getCodec()) ?? undefined,
      audioChannels: await audio.getNumberOfChannels(),
      audioSampleRate: await audio.getSampleRate()
    })
  }
}

/** Containers that round times to milliseconds make 60.01 of 60, which a rule of at most 60 would refuse. */
function steady(rate: number): number {
  const whole = Math.round(rate)
  return Math.abs(whole - rate) / rate < 0.001 ? whole : round(rate)
}

const round = (value: number) => Math.round(value * 1000) / 1000

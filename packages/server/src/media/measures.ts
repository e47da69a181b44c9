import type { AudioTrack, VideoTrack } from '@upload24/connectors'

/** What was measured of a video. What could not be measured within the limits is absent. */
export interface MediaMeasures {
  /** A short word: `mp4` `mov` `webm` `mkv` `3gp` `ts` `ogg`, or one that is known by its first bytes alone: `avi` `flv` `wmv` `mpeg` `mxf`. */
  readonly container: string
  readonly seconds?: number
  /** As it is shown: after rotation, in square pixels. */
  readonly width?: number
  readonly height?: number
  readonly video?: VideoTrack
  /** Null: there is no sound. */
  readonly audio?: AudioTrack | null
}

export interface Probe {
  /** Null: no video that could be published. */
  readonly media: MediaMeasures | null
  /** What the file is, for a sentence that begins with "it looks like": `a PNG picture`. */
  readonly looksLike: string
}

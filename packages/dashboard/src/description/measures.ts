/** What is known of the video before any byte is sent: `media` of POST /api/upload/check, beside size and type. */
export interface Measures {
  readonly container?: string | undefined
  readonly durationSeconds?: number | undefined
  readonly width?: number | undefined
  readonly height?: number | undefined
  readonly frameRate?: number | undefined
  readonly videoCodec?: string | undefined
  readonly audioCodec?: string | undefined
  readonly audioChannels?: number | undefined
  readonly audioSampleRate?: number | undefined
}

/** A video, as far as it is known. */
export interface VideoFacts {
  readonly file: { readonly size: number }
  /** As it was announced, or will be. */
  readonly contentType: string | undefined
  /** undefined: not measured yet. */
  readonly measures: Measures | undefined
  /** Why it cannot be published anywhere. */
  readonly fault: string | undefined
}

/** `fault`: why it cannot be published anywhere. */
export type Measured = { readonly measures: Measures } | { readonly fault: string }

import { bluesky } from './bluesky.ts'
import { comment } from './comment.ts'
import { facebook } from './facebook.ts'
import { instagram } from './instagram.ts'
import { linkedin } from './linkedin.ts'
import { mastodon } from './mastodon.ts'
import { peertube } from './peertube.ts'
import { pinterest } from './pinterest.ts'
import type { ShapeUnderTest } from './shape.ts'
import { telegram } from './telegram.ts'
import { tiktok } from './tiktok.ts'
import { x } from './x.ts'
import { youtube } from './youtube.ts'

/** Threads is instagram's shape, Vimeo bluesky's. */
export const SHAPES: readonly ShapeUnderTest[] = [
  youtube,
  tiktok,
  peertube,
  instagram,
  facebook,
  x,
  pinterest,
  linkedin,
  mastodon,
  bluesky,
  telegram,
  comment
]

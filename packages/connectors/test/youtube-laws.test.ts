import { keepLaws } from './laws.ts'
import { captions, comment, playlist, thumbnail, video } from './youtube-subjects.ts'

for (const subject of [video, thumbnail, captions, playlist, comment]) keepLaws(subject)

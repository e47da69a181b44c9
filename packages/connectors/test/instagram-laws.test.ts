import { comment, forgetful, pulled, pushed } from './instagram-subjects.ts'
import { keepLaws } from './laws.ts'

for (const subject of [pushed, pulled, forgetful, comment]) keepLaws(subject)

import { keepLaws } from './laws.ts'

keepLaws({
  platform: 'template',
  bytes: 8 * 2 ** 20 + 300_001,
  calls: ['upload', 'chunk', 'post', 'find', 'status'],
  asking: ['find'],
  committing: 'post',
  forgotten: {},
  silence: 'believed',
  listSeconds: 0,
  disguised: { 'a server error, and yet it was posted': { status: { at: 'post', code: 503, when: 'after' } } },
  rejections: [{ processing: { reason: 'codec' } }, { processing: { reason: 'copyright' } }]
})

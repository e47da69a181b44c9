import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Adjustment } from './status.ts'
import { description, MAX_FILE_BYTES } from './uploads.ts'
import { id } from './words.ts'

const measure = z.number().positive().max(1e9).optional()
const word = z.string().trim().min(1).max(100).toLowerCase().optional()

/** What the sender knows of the video. What is left out is not judged. */
const Media = z
  .strictObject({
    fileSize: z
      .int()
      .min(1, 'must be at least 1 byte')
      .max(MAX_FILE_BYTES, `may be at most ${MAX_FILE_BYTES} bytes (2 GiB)`)
      .optional()
      .meta({ examples: [734_003_200] }),
    contentType: word.meta({ examples: ['video/mp4'] }),
    durationSeconds: measure.meta({ examples: [58.4] }),
    width: measure.meta({ description: 'As it is shown, after rotation.', examples: [1080] }),
    height: measure.meta({ examples: [1920] }),
    frameRate: measure.meta({ examples: [30] }),
    container: word.meta({ description: '`mp4`, `mov`, `webm`, `mkv`, …', examples: ['mp4'] }),
    videoCodec: word.meta({ description: '`avc`, `hevc`, `vp9`, `av1`, …', examples: ['avc'] }),
    audioCodec: word.meta({ description: '`aac`, `mp3`, `opus`, …', examples: ['aac'] }),
    audioChannels: measure,
    audioSampleRate: measure
  })
  .refine(({ width, height }) => (width === undefined) === (height === undefined), {
    path: ['width'],
    error: 'goes together with height: send both or neither'
  })
export type CheckedMedia = z.output<typeof Media>

const Fault = z.object({
  path: z.string(),
  code: z.string(),
  message: z.string(),
  limit: z.union([z.number(), z.string()]).optional(),
  measured: z.union([z.number(), z.string()]).optional(),
  isMendable: z.boolean().optional().meta({ description: 'Encoding the video anew would mend it.' })
})

export const checkUpload = endpoint({
  id: 'checkUpload',
  method: 'POST',
  path: '/api/upload/check',
  tag: 'Uploads',
  summary: 'Check an upload without making it',
  description:
    'Tells for each account what would be posted and what its platform would refuse. Send `sessionToken` to have the bytes of a session measured (once all have arrived they are frozen, as by complete), `media` to tell what you know of the video, or neither to check the text alone. Nothing is created and no quota is taken.',
  access: { who: 'bearer or key', role: 'member', scope: 'upload:write' },
  body: z.strictObject({
    ...description,
    sessionToken: z.string().min(1).max(200).optional(),
    media: Media.optional()
  }),
  platformOptions: true,
  status: 200,
  reply: z.object({
    ok: z.boolean().meta({ description: 'The same request would be accepted now.' }),
    faults: z.array(Fault).meta({ description: 'What concerns the upload as a whole.' }),
    media: z
      .object({
        durationSeconds: z.number().nullable(),
        width: z.int().nullable(),
        height: z.int().nullable(),
        frameRate: z.number().nullable(),
        container: z.string(),
        videoCodec: z.string().nullable(),
        audioCodec: z.string().nullable(),
        audioChannels: z.int().nullable(),
        audioSampleRate: z.int().nullable()
      })
      .nullable()
      .meta({ description: 'What was measured of the bytes of the session. null: they have not arrived.' }),
    accounts: z.array(
      z.object({
        accountId: id('account'),
        platform: z.string(),
        sandbox: z.boolean(),
        displayName: z.string(),
        handle: z.string(),
        fits: z.boolean(),
        title: z.string().meta({ description: 'As it would be posted there.' }),
        description: z.string(),
        visibility: z.string().nullable().meta({
          description: 'Who would see it, in words. null: the platform has no such choice, or none was made.'
        }),
        options: z.record(z.string(), z.unknown()).nullable().meta({
          description: 'As they would be sent, with what is set where nothing is said. null: they have faults.'
        }),
        consent: z
          .string()
          .nullable()
          .meta({ description: 'What the sender declares by sending it: show it to them.' }),
        adjustments: z.array(Adjustment),
        faults: z.array(Fault)
      })
    )
  }),
  problems: ['validation_failed', 'not_found', 'session_aborted', 'session_completed', 'session_expired']
})

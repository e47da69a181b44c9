import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { UploadStatus } from './status.ts'
import { description, MAX_ACCOUNTS } from './uploads.ts'
import { id } from './words.ts'

const params = z.object({ uploadId: id('upload') })
const access = { who: 'bearer or key', role: 'member', scope: 'upload:write' } as const

const { accounts: _, ...changeable } = description

export const uploadDescription = endpoint({
  id: 'uploadDescription',
  method: 'GET',
  path: '/api/upload/{uploadId}',
  tag: 'Uploads',
  summary: 'Fetch what was sent',
  description:
    'The description as it was sent, with every change since: what a change is merged into. Options of each platform come beside these fields. How the post looks on one account is another matter: POST /api/upload/check tells it.',
  access: { who: 'bearer or key', role: 'viewer', scope: 'upload:read' },
  params,
  status: 200,
  reply: z.looseObject(description),
  problems: ['not_found']
})

export const changeUpload = endpoint({
  id: 'changeUpload',
  method: 'PATCH',
  path: '/api/upload/{uploadId}',
  tag: 'Uploads',
  summary: 'Change a scheduled upload',
  description:
    'A JSON merge patch (RFC 7396) of what was sent: what is absent stays, null takes away, objects are merged. The result is checked as a new upload would be. `scheduledOn: null` publishes now.',
  access,
  params,
  body: z.strictObject(changeable).partial(),
  platformOptions: true,
  status: 200,
  reply: UploadStatus,
  problems: ['validation_failed', 'target_refused', 'already_publishing', 'not_scheduled']
})

const Asked = z.strictObject({
  accounts: z
    .array(id('account'))
    .min(1, 'must name an account, or be left out')
    .max(MAX_ACCOUNTS)
    .optional()
    .meta({ description: 'Targets of this upload. Absent: all of them.' })
})

export const cancelUpload = endpoint({
  id: 'cancelUpload',
  method: 'POST',
  path: '/api/upload/{uploadId}/cancel',
  tag: 'Uploads',
  summary: 'Cancel an upload',
  description:
    'Cancels each target that nothing can have been posted for: nothing will be. Where the post may exist already, 409 names the accounts; all others are canceled even then, and `upload` in the answer shows how everything stands.',
  access,
  params,
  body: Asked,
  idempotency: 'plain',
  status: 200,
  reply: UploadStatus,
  problems: ['already_publishing']
})

export const retryUpload = endpoint({
  id: 'retryUpload',
  method: 'POST',
  path: '/api/upload/{uploadId}/retry',
  tag: 'Uploads',
  summary: 'Retry what failed',
  description:
    'Starts the failed targets again, all that are asked for or none. Reserves quota again. A target whose outcome is unknown may have been posted: resolve it first.',
  access,
  params,
  body: Asked,
  idempotency: 'plain',
  status: 200,
  reply: UploadStatus,
  problems: ['target_refused', 'needs_resolve', 'not_failed', 'file_removed', 'quota_exceeded']
})

export const resolveUpload = endpoint({
  id: 'resolveUpload',
  method: 'POST',
  path: '/api/upload/{uploadId}/resolve',
  tag: 'Uploads',
  summary: 'Tell what became of a post',
  description:
    'For a target with errorCode `outcome_unknown`, after a look at the account. `live: true`: the post is there. `live: false`: it is not; the platform is asked once more, and then it is posted. Who told it is kept.',
  access,
  params,
  body: z.discriminatedUnion(
    'live',
    [
      z.strictObject({
        accountId: id('account'),
        live: z.literal(true),
        externalId: z.string().trim().min(1, 'must not be empty').max(200).optional(),
        externalUrl: z
          .url({ protocol: /^https?$/, error: 'must be a web address' })
          .max(2000)
          .optional()
      }),
      z.strictObject({
        accountId: id('account'),
        live: z.literal(false),
        confirm: z.literal(true).meta({ description: 'You looked, and the post is not there.' })
      })
    ],
    { error: ({ code }) => (code === 'invalid_union' ? 'must be true or false' : undefined) }
  ),
  idempotency: 'plain',
  status: 200,
  reply: UploadStatus,
  problems: ['target_refused', 'not_unknown', 'not_settled', 'file_removed']
})

export const deleteUpload = endpoint({
  id: 'deleteUpload',
  method: 'DELETE',
  path: '/api/upload/{uploadId}',
  tag: 'Uploads',
  summary: 'Delete an upload',
  description:
    'Removes the record and its bytes when nothing is under way; what is scheduled is not published then. Posts on platforms stay.',
  access,
  params,
  status: 204,
  reply: z.undefined(),
  problems: ['in_flight', 'needs_resolve']
})

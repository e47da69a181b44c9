import type { Db } from '../db/open.ts'
import { problem } from '../http/problem.ts'
import { holdBytes } from './queries.ts'

/** Before a delivery of the upload is made to run again, in that transaction. 409 file_removed. */
export async function requireBytes(trx: Db, tenantId: string, uploadId: string): Promise<void> {
  if (await holdBytes(trx, tenantId, uploadId)) return
  throw problem(
    'file_removed',
    'The video is not kept any more: nothing of this upload has been under way for too long. Send it again as a new upload.'
  )
}

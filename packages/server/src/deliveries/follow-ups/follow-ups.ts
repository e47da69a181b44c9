import type { Connector, FollowUp, Publisher, RemotePost } from '@upload24/connectors'
import type { Db } from '../../db/open.ts'
import { readId } from '../../lib/ids.ts'
import type { Delivery } from '../machine.ts'
import { refreshUpload } from '../queries.ts'
import type { Claimed } from '../rows.ts'
import { fillPost, type WantedFollowUp } from './queries.ts'

/** What a delivery is done with, and what its options ask for once it ends as uploaded. */
export interface Plan<P = Publisher<any, any>> {
  readonly publisher: P
  /** What follows a post. Some of it finds out an id that the platform has not told: not where it is known. */
  wanted(post: RemotePost | null): readonly WantedFollowUp[]
  /** Of a follow-up: what it publishes is its parent's post. */
  readonly locates: boolean
}

/** Undefined: a follow-up that the connector does not know any more. */
export function planOf(connector: Connector, claimed: Pick<Claimed, 'followUp' | 'options'>): Plan | undefined {
  const { publisher, followUps = {} } = connector
  if (claimed.followUp === null) {
    return { publisher, wanted: post => wantedOf(followUps, claimed.options, post), locates: false }
  }
  const followUp = Object.hasOwn(followUps, claimed.followUp) ? followUps[claimed.followUp] : undefined
  return followUp && { publisher: followUp.publisher, wanted: () => [], locates: followUp.locates === true }
}

const wantedOf = (
  followUps: Readonly<Record<string, FollowUp<any>>>,
  options: unknown,
  post: RemotePost | null
): WantedFollowUp[] =>
  Object.entries(followUps).flatMap(([followUp, { wanted, locates }]) =>
    locates && post?.id !== undefined
      ? []
      : wanted(options).map(({ name, file, notBefore = null }) => ({
          followUp,
          part: name,
          fileId: file === undefined ? null : toId(file),
          notBefore
        }))
  )

/** No file has the nil id: what is no id at all ends as a file that is gone. */
const toId = (file: string) => readId('file', file) ?? '00000000-0000-0000-0000-000000000000'

/** In the transaction of its end. It had no quota of its own, and whatever became of it, the post stays as it is. */
export async function settleFollowUp(
  trx: Db,
  claimed: Claimed,
  { locates }: Plan<unknown>,
  delivery: Delivery
): Promise<void> {
  const { tenantId, uploadId, parentId } = claimed
  if (locates && delivery.status === 'uploaded' && delivery.post && parentId !== null) {
    await fillPost(trx, { tenantId, id: parentId }, delivery.post)
  }
  await refreshUpload(trx, tenantId, uploadId)
}

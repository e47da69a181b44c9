import { json, type Reply } from '../../sandbox/reply.ts'
import type { Signed } from './api.ts'
import { refuse } from './errors.ts'
import { type MediaDoc, newId, profilesOf, type World } from './model.ts'
import { fieldsOf, pick, textOf, timestamp } from './params.ts'

/** POST /{ig-media-id}/comments */
export async function writeComment(
  media: string,
  doc: MediaDoc,
  { params, caller }: Signed,
  world: World
): Promise<Reply> {
  const text = textOf(params, 'message') ?? ''
  if (text === '') throw refuse(400, 100, 0, { message: '(#100) The parameter message is required' })
  const username = profilesOf(doc.project).find(p => p.id === doc.account)?.username ?? ''
  const id = newId('178')
  const comment = { project: caller.project, media, username, text, createdAt: world.deps.now().toISOString() }
  await world.model.put('comment', id, comment, caller.project)
  return json(200, { id })
}

/** GET /{ig-media-id}/comments */
export async function listComments(media: string, { params, caller }: Signed, world: World): Promise<Reply> {
  const { showPostsAfterSeconds = 0 } = await world.faults.get(caller.project)
  const until = new Date(world.deps.now().getTime() - showPostsAfterSeconds * 1000).toISOString()
  const fields = fieldsOf(params, 'id,text,timestamp')
  const found = (await world.model.list('comment', caller.project)).filter(
    ({ doc }) => doc.media === media && doc.createdAt <= until
  )
  const data = found
    .reverse()
    .map(({ id, doc }) =>
      pick({ id, text: doc.text, username: doc.username, timestamp: timestamp(doc.createdAt) }, fields)
    )
  return json(200, { data })
}

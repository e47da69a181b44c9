import { json, type Reply } from '../../sandbox/reply.ts'
import type { Signed } from './api.ts'
import { currentOf } from './containers.ts'
import { refuse } from './errors.ts'
import { type ContainerDoc, newId, type World } from './model.ts'
import { textOf } from './params.ts'
import { quotaOf } from './read.ts'

/** POST /{ig-user-id}/media_publish. Only FINISHED becomes a post, and only once, unless a fault says otherwise. */
export async function publish(account: string, { params, caller }: Signed, world: World): Promise<Reply> {
  const { project } = caller
  const creation = textOf(params, 'creation_id')
  if (creation === undefined) throw refuse(400, 100, 0, { message: '(#100) The parameter creation_id is required' })
  const known = await world.model.get('container', creation)
  if (!known || known.project !== project) throw refuse(400, 24, 2207008)
  if (known.account !== account) throw refuse(400, 24, 2207006)
  const { doc, status } = await currentOf(creation, known, world)
  const { faults, hits } = await world.faults.take(project, [], ['foreign'])
  const { secondPublish = 'refuse' } = faults
  if (hits.foreign) {
    const params = { caption: hits.foreign.caption, isForeign: true }
    await post('', { ...known, params, received: null }, newId('179'), world)
  }
  if (doc.published) {
    if (secondPublish === 'refuse') throw refuse(400, 9007, 2207027)
    const media = secondPublish === 'same' ? doc.published.media : await post(creation, doc, newId('179'), world)
    return json(200, { id: media })
  }
  if (status === 'EXPIRED') throw refuse(400, 24, 2207008)
  if (status !== 'FINISHED') throw refuse(400, 9007, 2207027)
  const { used, total } = await quotaOf(account, project, world)
  if (used >= total) throw refuse(400, 9, 2207042)
  const fresh = newId('179')
  // The winner of two calls at once publishes.
  const ended = await world.model.update('container', creation, project, now =>
    now && !now.published ? { ...now, published: { media: fresh, at: world.deps.now().toISOString() } } : null
  )
  const media = ended?.published?.media ?? fresh
  if (media !== fresh && secondPublish !== 'post') throw refuse(400, 9007, 2207027)
  return json(200, { id: await post(creation, doc, fresh, world) })
}

async function post(container: string, doc: ContainerDoc, id: string, { model, deps }: World): Promise<string> {
  const { project, account, params, received } = doc
  const media = {
    project,
    account,
    container,
    shortcode: `C${BigInt(id).toString(36)}`,
    params,
    bytes: received?.bytes ?? 0,
    sha256: received?.sha256 ?? '',
    createdAt: deps.now().toISOString()
  }
  await model.put('media', id, media, project)
  return id
}

import { json, type Reply, ReplyError } from '../../sandbox/reply.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import { failUpload, refuseUpload } from './errors.ts'
import { accountsOf, type Caller, type ContainerDoc, statusOf, type World } from './model.ts'
import { complete, startPull, watched } from './pull.ts'
import { authenticate, endGrants } from './tokens.ts'

const inner = (message: string): string => JSON.stringify({ success: false, error: { message } })
const unknown = () => refuseUpload(400, 'ProcessingFailedError', inner('unknown upload'), false)

/** rupload.facebook.com/ig-api-upload/{version}/{container-id} */
export async function routeUpload({ req, path }: Request, world: World): Promise<Call> {
  const id = /^\/ig-api-upload\/v\d+\.\d+\/(\d+)$/.exec(path)?.[1] ?? ''
  // Bearer is not known here.
  const secret = /^OAuth (\S+)$/.exec(req.headers.authorization ?? '')?.[1]
  const caller = await authenticate(secret, true, world).catch(error => {
    if (!(error instanceof ReplyError)) throw error
    throw refuseUpload(400, 'NotAuthorizedError', 'User not authorized to perform this request', false)
  })
  const isQuestion = req.method === 'GET'
  return {
    names: [isQuestion ? 'offset' : 'upload'],
    project: caller.project,
    fail: (status, reason) => failUpload(status, reason),
    forgetSession: () => forget(id, world),
    async endGrant() {
      await endGrants(caller, secret ?? '', world)
      return failUpload(400, 'NotAuthorizedError')
    },
    async run(body) {
      const doc = await findContainer(id, caller, world)
      if (isQuestion) return json(200, { offset: doc.received?.bytes ?? (await world.deps.bytes.size(id)) })
      world.arriving.add(id)
      try {
        return await receive(id, doc, req, body, world)
      } finally {
        world.arriving.delete(id)
      }
    }
  }
}

async function findContainer(id: string, caller: Caller, world: World): Promise<ContainerDoc> {
  const doc = await world.model.get('container', id)
  const isOwn = doc?.project === caller.project && accountsOf(caller).some(a => a.id === doc.account)
  if (!doc || !isOwn || doc.source !== null) throw unknown()
  const { lifetimes } = await world.faults.get(caller.project)
  if (statusOf(doc, world.deps.now(), lifetimes?.sessionSeconds) === 'EXPIRED') throw unknown()
  if (!caller.scopes.includes('instagram_content_publish'))
    throw refuseUpload(400, 'NotAuthorizedError', 'User not authorized to perform this request', false)
  return doc
}

async function receive(
  id: string,
  doc: ContainerDoc,
  req: Request['req'],
  body: AsyncIterable<Uint8Array>,
  world: World
): Promise<Reply> {
  const { project } = doc
  const address = req.headers.file_url
  if (typeof address === 'string') {
    await world.model.update('container', id, project, now => now && { ...now, source: address })
    startPull(id, { ...doc, source: address }, world)
    return json(200, { success: true, message: 'Upload successful.' })
  }
  const [offset, total] = [numberOf(req.headers.offset), numberOf(req.headers.file_size)]
  if (offset === null || total === null || total === 0)
    throw refuseUpload(400, 'ProcessingFailedError', inner('offset and file_size are required'), false)
  if (doc.total !== null && doc.total !== total)
    throw refuseUpload(400, 'ProcessingFailedError', inner('file_size has changed'), false)
  await world.model.update('container', id, project, now => now && { ...now, total })
  const stored = doc.received?.bytes ?? (await world.deps.bytes.size(id))
  if (offset !== stored) throw refuseUpload(412, 'OffsetInvalidError', `expected offset ${stored}`, true)
  const part = { offset, limit: total, unit: 1, stream: watched(id, offset, body, world), stop: () => req.destroy() }
  const size = await world.deps.bytes.append(id, part)
  if (size < total) throw refuseUpload(400, 'PartialRequestError', `received ${size} of ${total} bytes`, true)
  await complete(id, project, world)
  return json(200, { success: true, message: 'Upload successful.' })
}

const numberOf = (header: string | string[] | undefined): number | null =>
  typeof header === 'string' && /^\d+$/.test(header) ? Number(header) : null

/** For the fault: the container is gone, whatever it became. */
export async function forget(id: string, { model, deps }: World): Promise<void> {
  await model.remove('container', id)
  await deps.bytes.remove(id)
}

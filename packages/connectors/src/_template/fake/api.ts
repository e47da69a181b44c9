import { z } from 'zod'
import { readJson } from '../../json.ts'
import { json, type Reply, ReplyError, readText } from '../../sandbox/reply.ts'
import { digest, newSecret } from '../../sandbox/secrets.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import type { Holder } from '../../sandbox/sign-in.ts'
import { accountsOf, type PostDoc, type World } from './model.ts'

const UploadBody = z.object({ bytes: z.number(), type: z.string() })
const PostBody = z.object({
  upload: z.string(),
  title: z.string().min(1).max(100),
  description: z.string(),
  visibility: z.enum(['public', 'private']),
  key: z.string().min(1)
})

const refuse = (status: number, code: string): ReplyError => new ReplyError(json(status, { error: { code } }))

/** One request to the API, signed in. */
export async function routeApi({ req, path, query }: Request, world: World): Promise<Call> {
  const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? ''
  const caller = await world.signIn.verify(token)
  if (!caller) throw refuse(401, 'token_expired')
  const [, noun = '', id = ''] = /^\/v1\/(me|uploads|posts)(?:\/([\w-]+))?$/.exec(path) ?? []
  const range = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(req.headers['content-range'] ?? '')
  const call = (name: string, run: Call['run']): Call => ({
    names: [name],
    project: caller.project,
    run,
    fail: (status, reason = 'server_error', headers) => json(status, { error: { code: reason } }, headers),
    ...(noun === 'uploads' && id !== '' ? { forgetSession: () => world.docs.remove('upload', id) } : {}),
    async endGrant() {
      await world.signIn.endGrants(caller)
      return refuse(401, 'token_expired').reply
    }
  })
  switch (`${req.method} ${noun}${id === '' ? '' : '/:id'}`) {
    case 'GET me':
      return call('me', async () =>
        json(
          200,
          accountsOf(caller.project).find(a => a.id === caller.account)
        )
      )
    case 'POST uploads':
      return call('upload', async body => openUpload(await readText(body), caller, world))
    case 'PUT uploads/:id':
      return call('chunk', body => receive(id, Number(range?.[1] ?? 0), body, () => req.destroy(), caller, world))
    case 'GET uploads/:id':
      return call('arrived', () => arrived(id, caller, world))
    case 'POST posts':
      return call('post', async body => makePost(await readText(body), caller, world))
    case 'GET posts':
      return call('find', () => findPosts(query.get('key') ?? '', caller, world))
    case 'GET posts/:id':
      return call('status', () => showPost(id, caller, world))
  }
  throw refuse(404, 'not_found')
}

async function openUpload(text: string, caller: Holder, { docs, deps }: World): Promise<Reply> {
  const body = UploadBody.safeParse(readJson(text)).data
  if (!body?.type.startsWith('video/')) throw refuse(400, 'file_refused')
  const id = digest(newSecret('')).slice(0, 20)
  const createdAt = deps.now().toISOString()
  await docs.put('upload', id, { account: caller.account, ...body, createdAt }, caller.project)
  return json(201, { id })
}

async function findUpload(id: string, caller: Holder, { docs }: World) {
  const upload = await docs.get('upload', id)
  if (upload?.account !== caller.account) throw refuse(404, 'not_found')
  return upload
}

/** An offset that is not the stored size stores nothing; the answer tells the true one. */
async function receive(
  id: string,
  offset: number,
  stream: AsyncIterable<Uint8Array>,
  stop: () => void,
  caller: Holder,
  world: World
): Promise<Reply> {
  const { bytes } = await findUpload(id, caller, world)
  return json(200, { received: await world.deps.bytes.append(id, { offset, limit: bytes, unit: 1, stream, stop }) })
}

async function arrived(id: string, caller: Holder, world: World): Promise<Reply> {
  await findUpload(id, caller, world)
  return json(200, { received: await world.deps.bytes.size(id) })
}

/** The same key is the same post: its id follows from it. */
async function makePost(text: string, caller: Holder, world: World): Promise<Reply> {
  const { deps, docs, faults } = world
  const body = PostBody.safeParse(readJson(text)).data
  if (!body) throw refuse(400, 'title_refused')
  const id = postId(body.key, caller)
  const known = await docs.get('post', id)
  if (known) return json(201, shown(id, known, deps.now()))
  const { bytes } = await findUpload(body.upload, caller, world)
  if ((await deps.bytes.size(body.upload)) !== bytes) throw refuse(400, 'file_refused')
  const { hits } = await faults.take(caller.project, [], ['processing'])
  const { seconds = 1, reason } = hits.processing ?? {}
  const { title, description, visibility } = body
  const sha256 = await deps.bytes.sha256(body.upload)
  const createdAt = deps.now().toISOString()
  const post: PostDoc = {
    account: caller.account,
    title,
    description,
    visibility,
    bytes,
    sha256,
    createdAt,
    seconds,
    reason
  }
  const kept = await docs.update('post', id, caller.project, old => (old ? null : post))
  return json(201, shown(id, kept ?? post, deps.now()))
}

async function findPosts(key: string, caller: Holder, { deps, docs, faults }: World): Promise<Reply> {
  const id = postId(key, caller)
  const post = await docs.get('post', id)
  const { showPostsAfterSeconds = 0 } = await faults.get(caller.project)
  const isShown = post && Date.parse(post.createdAt) + showPostsAfterSeconds * 1000 <= deps.now().getTime()
  return json(200, { items: isShown ? [shown(id, post, deps.now())] : [] })
}

async function showPost(id: string, caller: Holder, { deps, docs }: World): Promise<Reply> {
  const post = await docs.get('post', id)
  if (post?.account !== caller.account) throw refuse(404, 'not_found')
  return json(200, shown(id, post, deps.now()))
}

const postId = (key: string, { account }: Holder): string => digest(`${account}/${key}`).slice(0, 16)

/** Where a post stands: a function of the clock alone. */
export function shown(id: string, { createdAt, seconds, reason }: PostDoc, now: Date) {
  const isDone = now.getTime() >= Date.parse(createdAt) + seconds * 1000
  return { id, state: isDone ? (reason ? 'failed' : 'ready') : 'processing', ...(isDone && reason ? { reason } : {}) }
}

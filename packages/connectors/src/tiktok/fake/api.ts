import { readJson } from '../../json.ts'
import { plainText, type Reply, ReplyError, readText } from '../../sandbox/reply.ts'
import { digest } from '../../sandbox/secrets.ts'
import type { Call, Request } from '../../sandbox/serve.ts'
import type { Access } from '../../sandbox/sign-in.ts'
import { fail, refuse } from './errors.ts'
import { init } from './init.ts'
import type { World } from './model.ts'
import { creatorInfo, listVideos, userInfo } from './read.ts'
import { cancel, fetchStatus, forget } from './status.ts'

/** A signed-in question: the body is read and parsed. */
export interface Ask {
  readonly caller: Access
  readonly query: URLSearchParams
  readonly body: Readonly<Record<string, unknown>>
}

interface Method {
  readonly name: string
  readonly scope: string
  /** Calls of one token within a sliding minute. */
  readonly perMinute: number
  run(ask: Ask, world: World): Promise<Reply>
}

/** tiktok-api-v2-rate-limit, and the limit that each posting page names. */
const METHODS: Readonly<Record<string, Method>> = {
  'GET /v2/user/info/': { name: 'user', scope: 'user.info.basic', perMinute: 600, run: userInfo },
  'POST /v2/post/publish/creator_info/query/': {
    name: 'creator',
    scope: 'video.publish',
    perMinute: 20,
    run: creatorInfo
  },
  'POST /v2/post/publish/video/init/': { name: 'init', scope: 'video.publish', perMinute: 6, run: init },
  'POST /v2/post/publish/status/fetch/': { name: 'status', scope: 'video.publish', perMinute: 30, run: fetchStatus },
  'POST /v2/post/publish/cancel/': { name: 'cancel', scope: 'video.publish', perMinute: 30, run: cancel },
  'POST /v2/video/list/': { name: 'list', scope: 'video.list', perMinute: 600, run: listVideos }
}

/** One request to open.tiktokapis.com, signed in. Every path ends with a slash. */
export async function routeApi({ req, path, query }: Request, world: World): Promise<Call> {
  const method = METHODS[`${req.method} ${path}`]
  if (!method) throw new ReplyError(plainText(404, 'Unsupported path'))
  const token = /^Bearer (\S+)$/i.exec(req.headers.authorization ?? '')?.[1]
  const caller = token === undefined ? null : await world.signIn.verify(token)
  if (!caller) throw refuse(401, 'access_token_invalid')
  const text = await readText(req)
  const body = (text === '' ? {} : readJson(text)) as Ask['body'] | undefined
  const { publish_id: publishId } = body ?? {}
  return {
    names: [method.name],
    project: caller.project,
    isRead: true,
    fail: (status, reason = REASON[status] ?? 'internal_error', headers) => fail(status, reason, undefined, headers),
    async run() {
      await count(digest(token ?? ''), method, world, caller.project)
      if (!caller.scopes.includes(method.scope)) throw refuse(401, 'scope_not_authorized')
      if (typeof body !== 'object' || body === null)
        throw refuse(400, 'invalid_params', 'The request body is not JSON.')
      return method.run({ caller, query, body }, world)
    },
    ...(typeof publishId === 'string' ? { forgetSession: () => forget(publishId, caller.project, world) } : {}),
    async endGrant() {
      await world.signIn.endGrants(caller)
      return fail(401, 'access_token_invalid')
    }
  }
}

const REASON: Readonly<Record<number, string>> = {
  400: 'invalid_params',
  401: 'access_token_invalid',
  403: 'forbidden',
  404: 'not_found',
  429: 'rate_limit_exceeded'
}

/** Counts a call in its sliding minute. A refused one is not counted. */
async function count(
  token: string,
  { name, perMinute }: Method,
  { model, deps }: World,
  project: string
): Promise<void> {
  const now = deps.now()
  let isOver = false
  await model.update('ledger', `${token}/${name}`, project, times => {
    const recent = (times ?? []).filter(time => now.getTime() - Date.parse(time) < 60_000)
    isOver = recent.length >= perMinute
    return isOver ? null : [...recent, now.toISOString()]
  })
  if (isOver) throw refuse(429, 'rate_limit_exceeded')
}

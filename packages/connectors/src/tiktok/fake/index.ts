import { authorize } from '../../sandbox/consent.ts'
import { openDocuments } from '../../sandbox/documents.ts'
import { openFaults } from '../../sandbox/faults.ts'
import { plainText, ReplyError } from '../../sandbox/reply.ts'
import type { Sandbox, SandboxDeps, SandboxPost } from '../../sandbox/sandbox.ts'
import { openService, type Request } from '../../sandbox/serve.ts'
import { openSignIn } from '../../sandbox/sign-in.ts'
import { routeApi } from './api.ts'
import { consentRules, signInRules } from './authorize.ts'
import { faultsSchema } from './faults.ts'
import { type Docs, isDone, type World } from './model.ts'
import { routeToken } from './token.ts'
import { routeUpload } from './upload.ts'

const SIGN_IN_HOST = 'www.tiktok.com'
const API_HOST = 'open.tiktokapis.com'
const UPLOAD_HOST = 'open-upload.tiktokapis.com'

/** TikTok, as far as posting a video directly needs it. A client key is an app. */
export function createTiktok(deps: SandboxDeps): Sandbox {
  const model = openDocuments<Docs>('tiktok', deps.shelf)
  const faults = openFaults('tiktok', faultsSchema, deps.shelf)
  const signIn = openSignIn('tiktok', signInRules, deps, faults)
  const lenientSignIn = openSignIn('tiktok', { ...signInRules, rotates: false }, deps, faults)
  const world: World = { deps, model, faults, signIn, lenientSignIn, finishing: new Map() }
  return {
    ...openService({
      hosts: [SIGN_IN_HOST, API_HOST, UPLOAD_HOST],
      faultsSchema,
      faults,
      route: request => route(request, world)
    }),
    async posts(project) {
      const now = deps.now()
      // What TikTok refused after the upload is no post.
      const videos = (await model.list('video', project)).filter(({ doc }) => doc.failReason === null)
      return videos.map(
        ({ id, doc }): SandboxPost => ({
          id,
          channel: doc.account,
          title: doc.postInfo.title ?? '',
          metadata: doc.postInfo,
          bytes: doc.bytes,
          sha256: doc.sha256,
          state: isDone(doc, now) ? 'PUBLISH_COMPLETE' : 'PROCESSING_UPLOAD',
          createdAt: doc.createdAt
        })
      )
    },
    async clear(project) {
      for (const { id } of await model.list('session', project)) {
        await model.remove('session', id)
        await deps.bytes.remove(id)
      }
      for (const { id } of await model.list('video', project)) await model.remove('video', id)
    }
  }
}

async function route(request: Request, world: World) {
  const { host, path, req } = request
  if (host === UPLOAD_HOST && /^\/(video|upload)\/$/.test(path)) return routeUpload(request, world)
  if (host === SIGN_IN_HOST && path === '/v2/auth/authorize/' && req.method === 'GET')
    throw new ReplyError(await authorize(request, consentRules, world))
  if (host === API_HOST) return (await routeToken(request, world)) ?? routeApi(request, world)
  throw new ReplyError(plainText(404, 'Not Found'))
}

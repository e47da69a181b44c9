import {
  cancelUpload,
  changeUpload as changeEndpoint,
  deleteUpload,
  resolveUpload,
  retryUpload,
  uploadDescription
} from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import type { Caller } from '../http/caller.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { changeUpload } from './change.ts'
import { readBefore } from './change-queries.ts'
import { cancelTargets, retryTargets } from './decisions.ts'
import { removeUpload } from './delete.ts'
import { resolveTarget } from './resolve.ts'
import { readStatus, requireUpload } from './service.ts'

export function changeRoutes(binding: Binding, app: App, platforms: Platforms): void {
  const find = (caller: Caller, uploadId: string) => requireUpload(app, caller, uploadId)

  bind(binding, uploadDescription, async ({ caller, params }) => {
    const uploadId = await find(caller, params.uploadId)
    const { title, accounts } = await readStatus(app.database.db, caller.tenantId, uploadId)
    const { wishes } = await readBefore(app.database.db, caller.tenantId, uploadId)
    return { ...wishes, title, accounts: accounts.map(({ accountId }) => accountId) }
  })

  bind(binding, changeEndpoint, async ({ caller, params, body }) =>
    changeUpload(app, platforms, { caller, uploadId: await find(caller, params.uploadId), patch: body })
  )

  bind(binding, cancelUpload, async ({ caller, params, body: { accounts }, request: { idempotent } }) =>
    cancelTargets(app, { caller, uploadId: await find(caller, params.uploadId), accounts, idempotent })
  )

  bind(binding, retryUpload, async ({ caller, params, body: { accounts }, request: { idempotent } }) =>
    retryTargets(app, { caller, uploadId: await find(caller, params.uploadId), accounts, idempotent })
  )

  bind(binding, resolveUpload, async ({ caller, params, body, request: { idempotent } }) => {
    const uploadId = await find(caller, params.uploadId)
    const post = body.live ? { id: body.externalId, url: body.externalUrl } : null
    return resolveTarget(app, platforms, { caller, uploadId, accountId: body.accountId, post, idempotent })
  })

  bind(binding, deleteUpload, async ({ caller, params }) => {
    await removeUpload(app, caller, await find(caller, params.uploadId))
    return undefined
  })
}

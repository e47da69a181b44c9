import { importStatus, importUpload } from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { showImport, startImport } from './start.ts'

export function importRoutes(binding: Binding, app: App, platforms: Platforms): void {
  bind(binding, importUpload, ({ caller, body, request, reply }) =>
    startImport(app, platforms, caller, body, request.idempotent, importId =>
      reply.header('location', `/api/upload/import/${importId}`)
    )
  )

  bind(binding, importStatus, ({ caller, params }) => showImport(app, caller, params.importId))
}

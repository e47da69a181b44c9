import { quota } from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import { showQuota } from './service.ts'

export function quotaRoutes(binding: Binding, app: App): void {
  bind(binding, quota, ({ caller }) => showQuota(app, caller.tenantId))
}

import { quota, quotaUsage } from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import { showQuota } from './service.ts'
import { showUsage } from './usage.ts'

export function quotaRoutes(binding: Binding, app: App): void {
  bind(binding, quota, ({ caller }) => showQuota(app, caller.tenantId))
  bind(binding, quotaUsage, ({ caller, query }) => showUsage(app, caller.tenantId, query.month))
}

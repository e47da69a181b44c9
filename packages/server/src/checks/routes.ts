import { checkUpload } from '@upload24/contract'
import type { App } from '../app.ts'
import { type Binding, bind } from '../http/bind.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { check } from './check.ts'

export function checkRoutes(binding: Binding, app: App, platforms: Platforms): void {
  bind(binding, checkUpload, ({ caller, body }) => check(app, platforms, caller, body))
}

import { listPlatforms as endpoint } from '@upload24/contract'
import { type Binding, bind } from '../http/bind.ts'
import { listPlatforms } from './catalogue.ts'
import type { Platforms } from './platforms.ts'

export function platformRoutes(binding: Binding, platforms: Platforms): void {
  bind(binding, endpoint, async ({ caller }) => ({ items: listPlatforms(platforms, caller.tenantId) }))
}

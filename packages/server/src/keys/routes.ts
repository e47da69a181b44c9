import { generateKey, listKeys, revokeKey, rotateKey } from '@upload24/contract'
import { type Binding, bind } from '../http/bind.ts'
import * as service from './service.ts'

export function keyRoutes(binding: Binding, app: service.KeysApp): void {
  bind(binding, generateKey, ({ caller, body, request }) => service.generate(app, caller, body, request.idempotent))
  bind(binding, listKeys, async ({ caller }) => ({ items: await service.list(app, caller) }))
  bind(binding, revokeKey, ({ caller, params }) => service.revoke(app, caller, params.id).then(() => undefined))
  bind(binding, rotateKey, ({ caller, params, body, request }) =>
    service.rotate(app, caller, params.id, body.overlapSeconds, request.idempotent)
  )
}

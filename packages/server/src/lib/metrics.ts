import { channel } from 'node:diagnostics_channel'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** What this process counts. No label holds anything of a workspace: platforms, routes and codes come from closed lists. */
export const registry = new Registry()
collectDefaultMetrics({ register: registry })

const counter = <const L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
  new Counter<L>({ name: `upload24_${name}`, help, labelNames, registers: [registry] })

export const httpSeconds = new Histogram({
  name: 'upload24_http_request_seconds',
  help: 'Time to answer a request, by route pattern and class of status.',
  labelNames: ['method', 'route', 'status'] as const,
  buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60],
  registers: [registry]
})

/** Every byte of the API's connections, heads included. */
export const httpBytes = counter('http_bytes_total', 'Bytes of the API and of signed addresses: in, out.', [
  'direction'
])

/** Bodies alone: deliveries go out, imports come in. */
export const remoteBytes = counter('remote_bytes_total', 'Bytes of bodies to and from other servers.', ['direction'])

export const problemCount = counter('problems_total', 'Problems answered, by code: quota_exceeded is a quota denial.', [
  'code'
])

export const claimCount = counter('claims_total', 'Deliveries claimed by this process.', ['platform'])

export const takeOverCount = counter('lease_takeovers_total', 'Claims of a delivery whose worker was gone.', [
  'platform'
])

export const stepCount = counter('delivery_steps_total', 'Steps of deliveries, by what came of them.', [
  'platform',
  'verdict'
])

export const seenSeconds = new Histogram({
  name: 'upload24_post_seen_seconds',
  help: 'Seconds from the beginning of a commit to the question that found its post: what settleSeconds must cover.',
  labelNames: ['platform', 'commit'] as const,
  buckets: [1, 5, 15, 30, 60, 120, 300, 900, 3600, 14400],
  registers: [registry]
})

export const missingObjects = new Gauge({
  name: 'upload24_missing_objects',
  help: 'Files in the database whose bytes the last sweep did not find in the store.',
  registers: [registry]
})

export const orphanCount = counter('orphans_removed_total', 'Objects removed from the store that nothing knew of.')

for (const [name, direction] of [
  ['undici:request:bodyChunkSent', 'out'],
  ['undici:request:bodyChunkReceived', 'in']
] as const) {
  channel(name).subscribe(message => {
    const { chunk } = message as { readonly chunk?: { readonly byteLength?: number } }
    remoteBytes.inc({ direction }, chunk?.byteLength ?? 0)
  })
}

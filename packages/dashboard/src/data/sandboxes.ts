import { queryOptions } from '@tanstack/react-query'
import { client } from '../session/client.ts'
import { UPLOADS } from './uploads.ts'

export type Sandbox = Awaited<ReturnType<typeof client.sandbox.list>>['items'][number]

/** Deliveries bring posts and use faults up: all of it is read again with every event of an upload. */
export const SANDBOX = [UPLOADS, 'other', 'sandbox'] as const

export const sandboxesQuery = queryOptions({
  queryKey: [...SANDBOX, 'list'],
  queryFn: async ({ signal }) => (await client.sandbox.list({}, { signal })).items
})

/** `YouTube and TikTok`. */
export const sandboxNames = (sandboxes: readonly Sandbox[]): string =>
  new Intl.ListFormat('en').format(sandboxes.map(({ name }) => name))

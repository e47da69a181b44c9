import { queryOptions } from '@tanstack/react-query'
import { UPLOADS } from '../../data/uploads.ts'
import { client } from '../../session/client.ts'

export const quotaQuery = queryOptions({
  queryKey: [UPLOADS, 'other', 'quota'],
  queryFn: ({ signal }) => client.quota.read({}, { signal })
})

/** Whether the workspace ever sent anything: a first one may take the sample. */
export const hasUploadsQuery = queryOptions({
  queryKey: [UPLOADS, 'other', 'has-uploads'],
  queryFn: async ({ signal }) => (await client.uploads.list({ limit: 1 }, { signal })).items.length > 0
})

/** The film that ships with the product. */
export async function fetchSample(): Promise<File> {
  const answer = await fetch('/sample.mp4')
  if (!answer.ok) throw new Error(`/sample.mp4 was answered ${answer.status}`)
  return new File([await answer.blob()], 'sample.mp4', { type: 'video/mp4', lastModified: 0 })
}

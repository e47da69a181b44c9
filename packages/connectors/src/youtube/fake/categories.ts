import type { Reply } from '../../sandbox/reply.ts'
import { refuse } from './errors.ts'
import { list, resource } from './lists.ts'
import { partsOf } from './parts.ts'

/** Those that a video may have. */
const ASSIGNABLE: Readonly<Record<number, string>> = {
  1: 'Film & Animation',
  2: 'Autos & Vehicles',
  10: 'Music',
  15: 'Pets & Animals',
  17: 'Sports',
  19: 'Travel & Events',
  20: 'Gaming',
  22: 'People & Blogs',
  23: 'Comedy',
  24: 'Entertainment',
  25: 'News & Politics',
  26: 'Howto & Style',
  27: 'Education',
  28: 'Science & Technology',
  29: 'Nonprofits & Activism'
}
const OTHERS: Readonly<Record<number, string>> = {
  18: 'Short Movies',
  21: 'Videoblogging',
  30: 'Movies',
  44: 'Trailers'
}

export const isAssignable = (id: string): boolean => Object.hasOwn(ASSIGNABLE, id)

/** GET /youtube/v3/videoCategories. "29 is missing in some regions": here, everywhere but in the US. */
export async function listCategories(query: URLSearchParams): Promise<Reply> {
  const parts = partsOf(query)
  const region = query.get('regionCode') ?? 'US'
  if (!/^[A-Z]{2}$/.test(region))
    throw refuse(400, 'invalidRegionCode', { location: 'regionCode', locationType: 'parameter' })
  const items = Object.entries({ ...ASSIGNABLE, ...OTHERS })
    .filter(([id]) => region === 'US' || id !== '29')
    .map(([id, title]) =>
      resource('videoCategory', id, parts, {
        snippet: { title, assignable: isAssignable(id), channelId: 'UCBR8-60-B28hp2BmDPdntcQ' }
      })
    )
  return list('videoCategoryListResponse', items)
}

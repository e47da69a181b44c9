import { useQuery } from '@tanstack/react-query'
import { factsOf } from '@upload24/sdk'
import { useOfferedFile } from '../../data/offered-file.ts'
import type { VideoFacts } from '../../description/measures.ts'
import { takePoster } from './poster.ts'

export interface Video extends VideoFacts {
  readonly file: File
  /** undefined: not drawn yet. null: this browser cannot show it. */
  readonly poster: string | null | undefined
}

const numbers = new WeakMap<File, number>()
let count = 0
/** A file has no id of its own. */
function numberOf(file: File | undefined): number {
  if (!file) return 0
  const known = numbers.get(file) ?? ++count
  numbers.set(file, known)
  return known
}

const kept = {
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: Number.POSITIVE_INFINITY,
  retry: false,
  networkMode: 'always'
} as const

/** The picked file, measured in the browser at once. */
export function useVideo(): Video | undefined {
  const file = useOfferedFile()
  const number = numberOf(file)
  const measured = useQuery({
    ...kept,
    queryKey: ['offered-file', 'measures', number],
    enabled: file !== undefined,
    // Loaded with the first file, not with the page.
    queryFn: async () => (await import('./measure.ts')).measure(file as File)
  })
  const poster = useQuery({
    ...kept,
    queryKey: ['offered-file', 'poster', number],
    enabled: file !== undefined,
    queryFn: () => takePoster(file as File)
  })
  if (!file) return undefined
  const { data } = measured
  const contentType = typeOf(file)
  return {
    file,
    contentType,
    measures: data && 'measures' in data ? data.measures : measured.isError ? {} : undefined,
    fault: faultOf(file, contentType) ?? (data && 'fault' in data ? data.fault : undefined),
    poster: poster.data
  }
}

function typeOf(file: File): string | undefined {
  try {
    return factsOf(file, {}).contentType
  } catch {
    return undefined
  }
}

/** 2 GiB: what the server takes. */
const MOST = 2 ** 31

function faultOf(file: File, contentType: string | undefined): string | undefined {
  if (file.size === 0) return 'This file is empty.'
  if (file.size > MOST) return 'This file is larger than the 2 GiB that can be sent.'
  return contentType === undefined ? 'This file is not a video: its name and type say something else.' : undefined
}

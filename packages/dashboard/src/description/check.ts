import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { ProblemError, type Reply, type UploadDescription } from '@upload24/sdk'
import { useEffect, useState } from 'react'
import { client } from '../session/client.ts'
import type { VideoFacts } from './measures.ts'

export type Check = Reply<'POST /api/upload/check'>
export type CheckedAccount = Check['accounts'][number]
export type Fault = Check['faults'][number]

/** Milliseconds without a key pressed, after which the server is asked. */
const CALM = 220

/**
 * What would become of the upload, as the server sees it. `isCurrent`: the answer is about what is written now, not about
 * what was written a moment ago.
 */
export function useCheck(description: UploadDescription, video: VideoFacts | undefined) {
  // A title or a time that is still to come must not keep the rest from being checked.
  const { scheduledOn, timezone, ...rest } = description
  const body = {
    ...rest,
    title: rest.title || '-',
    ...(scheduledOn ? { scheduledOn, timezone } : {}),
    ...(video ? { media: mediaOf(video) } : {})
  } as UploadDescription
  const wanted = JSON.stringify(body)
  const asked = useCalm(wanted)
  const isWanted = description.accounts.length > 0
  const query = useQuery({
    queryKey: ['check', asked],
    queryFn: async ({ signal }) => ({
      media: JSON.stringify(JSON.parse(asked).media),
      check: await client.uploads.check(JSON.parse(asked), { signal })
    }),
    enabled: isWanted && asked === wanted,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
    retry: (failures, error) => failures < 2 && !(error instanceof ProblemError)
  })
  const isCurrent = asked === wanted && query.isFetched && !query.isPlaceholderData
  return {
    answer: isWanted ? query.data?.check : undefined,
    isCurrent,
    /** The file, at least, is the one that was asked about. */
    isAboutFile: query.data !== undefined && query.data.media === JSON.stringify(JSON.parse(wanted).media),
    error: query.isError && asked === wanted ? query.error : undefined,
    ask: query.refetch
  }
}

function mediaOf({ file, contentType, measures = {} }: VideoFacts) {
  const known = Object.entries(measures).filter(([, value]) => value !== undefined && value !== 0)
  return { fileSize: file.size, contentType, ...Object.fromEntries(known) }
}

function useCalm(value: string): string {
  const [calm, setCalm] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setCalm(value), CALM)
    return () => clearTimeout(timer)
  }, [value])
  return calm
}

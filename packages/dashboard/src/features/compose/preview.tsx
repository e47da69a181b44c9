import { useQuery } from '@tanstack/react-query'
import { Film } from 'lucide-react'
import { platformOf, platformsQuery } from '../../data/accounts.ts'
import type { Draft } from '../../description/draft.ts'
import type { Target } from '../../description/fit.ts'
import { PlatformMark, SandboxMark } from '../../ui/platform-mark.tsx'
import { formatDateTime } from '../../ui/time.tsx'
import { instantOf } from '../../ui/zone.ts'
import type { Video } from './video.ts'

interface Props {
  readonly target: Target
  readonly draft: Draft
  readonly video: Video | undefined
  readonly zone: string
}

/** The post as this account would show it: the frame in its own shape, the text as the server composes it. */
export function Preview({ target: { account, fit }, draft, video, zone }: Props) {
  const { data: platforms } = useQuery(platformsQuery)
  const platform = platformOf(platforms, account.platform)
  const own = draft.own[account.accountId] ?? {}
  const typed = String(own.title ?? draft.title).trim()
  const title = draft.title.trim() === '' ? typed : (fit.answer?.title ?? typed)
  const description = fit.answer ? fit.answer.description : String(own.description ?? draft.description)
  const visibility = fit.answer?.visibility
  const { width = 9, height = 16 } = video?.measures ?? {}
  return (
    <figure aria-label={`Preview on ${platform?.name ?? account.platform}`} className="flex flex-col gap-2.5">
      <figcaption className="flex min-w-0 items-center gap-2">
        <PlatformMark platform={platform} />
        <span dir="auto" className="min-w-0 truncate font-medium">
          {account.displayName}
        </span>
        {account.sandbox && <SandboxMark />}
      </figcaption>
      <div
        className={`flex items-center justify-center overflow-hidden rounded-md bg-well ${height > width ? 'h-72 max-w-full self-start' : 'w-full'}`}
        style={{ aspectRatio: `${width} / ${height}` }}
      >
        {video?.poster ? (
          <img src={video.poster} alt="A frame of the video" className="max-h-full max-w-full object-contain" />
        ) : (
          <Film size={24} className="text-soft" />
        )}
      </div>
      <div className="min-w-0">
        <p dir="auto" className="line-clamp-4 font-medium break-words whitespace-pre-line">
          {title || <span className="text-soft">Without a title</span>}
        </p>
        {description && (
          <p dir="auto" className="mt-1 line-clamp-4 text-sm break-words whitespace-pre-line text-soft">
            {description}
          </p>
        )}
        <p className="mt-1.5 text-sm text-soft">
          {[visibility, draft.at ? formatDateTime(instantOf(draft.at, zone), zone) : 'Now'].filter(Boolean).join(' · ')}
        </p>
      </div>
    </figure>
  )
}

import { useMutation, useQuery } from '@tanstack/react-query'
import { Film, Upload } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { offerFile } from '../../data/offered-file.ts'
import { VIDEO_ID } from '../../description/places.ts'
import { shapeWord } from '../../description/rules.ts'
import { Button } from '../../ui/button.tsx'
import { formatBytes, formatClock } from '../../ui/format.ts'
import { SkeletonBox } from '../../ui/skeleton.tsx'
import { fetchSample, hasUploadsQuery } from './api.ts'
import type { Video } from './video.ts'

interface Props {
  readonly video: Video | undefined
  /** Asked for by the way here. */
  readonly wantsSample: boolean
  readonly onSample: (file: File) => void
}

/** The file: picked, dropped or pasted, then what it is. */
export function VideoPart({ video, wantsSample, onSample }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const { data: hasUploads } = useQuery(hasUploadsQuery)
  const sample = useMutation({ mutationFn: fetchSample, onSuccess: onSample })
  const { mutate } = sample
  const hasVideo = useRef(video !== undefined)
  useEffect(() => {
    if (wantsSample && !hasVideo.current) mutate()
  }, [wantsSample, mutate])
  const choose = (
    <>
      <Button
        id={VIDEO_ID}
        look={video ? 'plain' : 'main'}
        size={video ? 'small' : 'normal'}
        icon={video ? undefined : <Upload size={16} />}
        onClick={() => input.current?.click()}
      >
        {video ? 'Replace' : 'Choose a video'}
      </Button>
      <input
        ref={input}
        type="file"
        accept="video/*,.mkv,.mov,.avi,.ts"
        hidden
        aria-label="Video file"
        onChange={event => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) offerFile(file)
        }}
      />
    </>
  )
  if (video) return <Chosen video={video}>{choose}</Chosen>
  return (
    <section
      aria-label="Video"
      className="flex min-h-40 flex-col items-center justify-center gap-3 rounded-lg border border-dashed border-edge bg-raised px-4 py-6 text-center"
    >
      <p className="text-lg font-semibold">Drop a video here</p>
      <div className="flex flex-wrap justify-center gap-2">
        {choose}
        {hasUploads === false && (
          <Button icon={<Film size={16} />} isBusy={sample.isPending} onClick={() => sample.mutate()}>
            Take the sample video
          </Button>
        )}
      </div>
      <p className="max-w-[52ch] text-sm text-soft">
        {sample.isError
          ? 'The sample video could not be read. Choose one of your own.'
          : 'Or paste it. Up to 2 GiB; it stays on this device until you press Send.'}
      </p>
    </section>
  )
}

function Chosen({ video, children }: { readonly video: Video; readonly children: React.ReactNode }) {
  const { file, fault, measures } = video
  return (
    <section aria-label="Video" className="flex min-h-24 items-center gap-4">
      <Thumb video={video} />
      <div className="min-w-0 flex-1">
        <p dir="auto" title={file.name} className="truncate font-medium">
          {file.name}
        </p>
        <div className="mt-0.5 min-h-5 text-soft" aria-live="polite">
          {fault ? (
            <span className="text-failed">{fault}</span>
          ) : measures ? (
            <Facts video={video} />
          ) : (
            <SkeletonBox className="mt-1 h-3 w-64 max-w-full" />
          )}
        </div>
        <div className="mt-2 flex gap-2">
          {children}
          <Button size="small" look="quiet" onClick={() => offerFile(undefined)}>
            Remove
          </Button>
        </div>
      </div>
    </section>
  )
}

function Thumb({ video: { poster } }: { readonly video: Video }) {
  return (
    <div className="flex h-24 w-24 shrink-0 items-center justify-center overflow-hidden rounded-md bg-well sm:w-32">
      {poster ? (
        <img src={poster} alt="" className="max-h-full max-w-full" />
      ) : (
        <Film size={20} className={poster === null ? 'text-soft' : 'skeleton text-soft'} />
      )}
    </div>
  )
}

function Facts({ video: { file, measures = {}, poster } }: { readonly video: Video }) {
  const { durationSeconds, width, height, frameRate, container, videoCodec, audioCodec } = measures
  const facts = [
    durationSeconds !== undefined &&
      (durationSeconds < 10 ? `${durationSeconds.toFixed(1)} s` : formatClock(durationSeconds)),
    formatBytes(file.size),
    width && height && `${width} × ${height} (${shapeWord(width / height)})`,
    frameRate && `${Math.round(frameRate * 100) / 100} fps`,
    [container, videoCodec, audioCodec].filter(Boolean).join(', ')
  ].filter(Boolean)
  return (
    <>
      <span>{facts.join(' · ')}</span>
      {poster === null && (
        <span className="block text-sm">This browser cannot show its pictures; it is sent as it is.</span>
      )}
    </>
  )
}

import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { stateOfUpload } from '../../data/states.ts'
import { type Upload, uploadQuery } from '../../data/uploads.ts'
import { useZone } from '../../data/workspace.ts'
import { FaultLine } from '../../ui/fault-line.tsx'
import { formatBytes, formatClock } from '../../ui/format.ts'
import { Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonBox } from '../../ui/skeleton.tsx'
import { StateMark } from '../../ui/state.tsx'
import { Ago, Time } from '../../ui/time.tsx'
import { Actions } from './actions.tsx'
import { Lane } from './lane.tsx'

/** The board of one upload: a lane for each account, true while it is looked at. */
export function UploadPage() {
  const { uploadId = '' } = useParams({ strict: false }) as { uploadId?: string }
  const { data: upload, error, refetch } = useQuery(uploadQuery(uploadId))
  if (!upload) {
    return (
      <Page title={error ? 'Upload' : 'Loading the upload'}>
        {error ? <Problem error={error} onRetry={() => refetch()} /> : <Skeleton />}
      </Page>
    )
  }
  const isSandbox = upload.accounts.every(({ sandbox }) => sandbox)
  return (
    <>
      {isSandbox && (
        <div className="striped flex h-6 items-center justify-center">
          <span className="bg-needs-well px-3 text-sm leading-6 font-semibold text-needs">Sandbox</span>
        </div>
      )}
      <Page title={upload.title} facts={<Facts upload={upload} />} actions={<Actions upload={upload} />}>
        {error && <Problem error={error} onRetry={() => refetch()} />}
        <FaultLine accounts={upload.accounts} />
        <ul aria-label="Accounts" className="flex flex-col border-t border-line">
          {upload.accounts.map(target => (
            <Lane key={target.accountId} upload={upload} target={target} />
          ))}
        </ul>
      </Page>
    </>
  )
}

function Facts({ upload }: { readonly upload: Upload }) {
  const zone = useZone()
  const { file } = upload
  const facts = [
    file.name,
    formatBytes(file.size),
    file.durationSeconds === null ? undefined : formatClock(file.durationSeconds),
    file.width === null || file.height === null ? undefined : `${file.width} × ${file.height}`
  ].filter(Boolean)
  return (
    <div className="flex flex-col gap-1">
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StateMark state={stateOfUpload(upload)} />
        {upload.status === 'Scheduled' && upload.scheduledOn ? (
          <span>
            Goes out <Time value={upload.scheduledOn} zone={zone} />, <Ago value={upload.scheduledOn} />
          </span>
        ) : (
          <span>
            Sent <Time value={upload.createdAt} zone={zone} />
          </span>
        )}
      </p>
      <p dir="auto" className="text-sm break-words">
        {facts.join(' · ')}
      </p>
    </div>
  )
}

const Skeleton = () => (
  <div role="status" aria-label="Loading the upload" className="flex flex-col border-t border-line">
    {[0, 1, 2].map(lane => (
      <div key={lane} className="flex flex-col gap-3 border-b border-line py-4">
        <SkeletonBox className="h-4 w-44" />
        <SkeletonBox className="h-2 w-full max-w-[640px]" />
        <SkeletonBox className="h-3 w-64" />
      </div>
    ))}
  </div>
)

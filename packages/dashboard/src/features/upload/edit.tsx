import { useQuery } from '@tanstack/react-query'
import { descriptionQuery, type Upload } from '../../data/uploads.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonLines } from '../../ui/skeleton.tsx'
import { EditForm } from './edit-form.tsx'

interface Props {
  readonly upload: Upload
  readonly onClose: () => void
}

/** While it is scheduled, everything but its file and its accounts may change. */
export function EditDialog({ upload, onClose }: Props) {
  const { data, error, refetch } = useQuery(descriptionQuery(upload.uploadId))
  // What is written stays, whatever else is heard meanwhile.
  if (data) return <EditForm upload={upload} sent={data} onClose={onClose} />
  return (
    <Dialog title="Edit the scheduled upload" at="side" onClose={onClose}>
      {error ? (
        <Problem error={error} onRetry={() => refetch()} />
      ) : (
        <SkeletonLines widths={[70, 40, 55, 48]} label="Loading what was sent" />
      )}
    </Dialog>
  )
}

import type { ReactNode } from 'react'
import type { useEdit } from '../../data/change-uploads.ts'
import type { Upload } from '../../data/uploads.ts'
import { Button } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { accountOf, refusalsOf } from './refusals.ts'

interface Props {
  readonly upload: Upload
  readonly edit: ReturnType<typeof useEdit>
  /** A worker was faster, or somebody else. */
  readonly isLate: boolean
  readonly isChanged: boolean
  /** The time was taken away. */
  readonly isNow: boolean
  readonly isLeaving: boolean
  readonly onStay: () => void
  /** Asks first, where something would be lost. */
  readonly onLeave: () => void
  readonly onClose: () => void
}

/** What stays at the sheet's foot: the way to save, to leave, or why neither is of use any more. */
export function EditEnd({ upload, edit, isLate, isChanged, isNow, isLeaving, onStay, onLeave, onClose }: Props) {
  if (isLate) {
    return (
      <Foot
        words={
          <Notice kind="needs">
            {upload.status === 'Canceled'
              ? 'It was canceled meanwhile. Nothing was changed here.'
              : 'Too late: publishing has begun, with what was sent before. Nothing was changed here.'}
          </Notice>
        }
      >
        <Button look="main" onClick={onClose}>
          Close
        </Button>
      </Foot>
    )
  }
  if (isLeaving) {
    return (
      <Foot key="leaving" words={<p role="alert">What you changed here is not saved.</p>}>
        <Button autoFocus onClick={onStay}>
          Keep editing
        </Button>
        <Button look="danger" onClick={onClose}>
          Discard the changes
        </Button>
      </Foot>
    )
  }
  return (
    <Foot words={<Refused error={edit.error} />}>
      <Button onClick={onLeave}>Leave it as it is</Button>
      <Button look="main" type="submit" isBusy={edit.isPending} disabled={!isChanged}>
        {isNow ? 'Save and publish now' : 'Save'}
      </Button>
    </Foot>
  )
}

/** Where each refusal stands at its field, only that there are some. */
function Refused({ error }: { readonly error: unknown }) {
  if (!error) return null
  const refusals = refusalsOf(error)
  const inText = ['title', 'description', 'scheduledOn'].filter(name => name in fieldWords(error)).length
  const accounts = new Set(refusals.flatMap(each => accountOf(each) ?? [])).size
  const isTold = refusals.length > 0 && (inText > 0 || accounts > 0)
  if (!isTold) return <Problem error={error} />
  return (
    <p role="alert" className="text-failed">
      Nothing was saved. {accounts > 0 ? `${plural(accounts, 'account')} would refuse it` : 'See what is wrong above'}.
    </p>
  )
}

const Foot = ({ words, children }: { readonly words: ReactNode; readonly children: ReactNode }) => (
  <footer className="sticky bottom-0 -mx-5 mt-auto -mb-5 flex flex-col gap-3 border-t border-line bg-raised px-5 py-3">
    {words}
    <div className="flex flex-wrap justify-end gap-2">{children}</div>
  </footer>
)

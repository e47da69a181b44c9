import { Link } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { forgetSending, isOpen, type Sending } from '../data/outbox.ts'
import { buttonClass, IconButton } from '../ui/button.tsx'
import { wordsOf } from '../ui/problem.tsx'
import { Progress } from '../ui/progress.tsx'
import { StateShape } from '../ui/state.tsx'
import { figures, stateWords } from '../ui/transfer.tsx'
import { TransferActions } from '../ui/transfer-actions.tsx'

/** One transfer in one line. */
export function OutboxLine({ sending }: { readonly sending: Sending }) {
  const { id, progress, upload, error, description } = sending
  const hasFailed = progress.state === 'failed'
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <div className="flex min-w-0 flex-1 basis-52 items-center gap-2">
        <StateShape state={upload ? 'Uploaded' : hasFailed ? 'Failed' : 'Processing'} />
        <Link
          to="/new"
          search={{ sending: id }}
          dir="auto"
          className="min-w-0 truncate rounded-sm font-medium hover:underline"
        >
          {description.title}
        </Link>
      </div>
      {isOpen(sending) && (
        <div className="order-last w-full sm:order-none sm:w-32">
          <Progress value={progress.bytesSent} max={progress.bytesTotal} label={`Sending ${sending.file.name}`} />
        </div>
      )}
      <p className={`text-sm ${hasFailed ? 'text-failed' : 'text-soft'}`}>
        {hasFailed ? wordsOf(error) : `${upload ? 'Sent' : stateWords(progress)} · ${figures(progress)}`}
      </p>
      <div className="ml-auto flex items-center gap-1">
        {upload && (
          <Link
            to="/uploads/$uploadId"
            params={{ uploadId: upload.uploadId }}
            onClick={() => forgetSending(id)}
            className={buttonClass('plain', 'small')}
          >
            Watch it arrive
          </Link>
        )}
        <TransferActions sending={sending} isShort />
        {!isOpen(sending) && <IconButton label="Close" icon={<X size={14} />} onClick={() => forgetSending(id)} />}
      </div>
    </li>
  )
}

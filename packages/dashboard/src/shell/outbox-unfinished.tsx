import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { RotateCw } from 'lucide-react'
import { useRef, useState } from 'react'
import { sendFile } from '../data/outbox.ts'
import { dropUnfinished, isSameFile, type Unfinished } from '../data/outbox-store.ts'
import { Button } from '../ui/button.tsx'
import { formatBytes } from '../ui/format.ts'
import { wordsOf } from '../ui/problem.tsx'
import { StateShape } from '../ui/state.tsx'
import { Ago } from '../ui/time.tsx'

/** A page cannot keep a file: it has to be picked again, and goes on from what has arrived. */
export function UnfinishedLine({ record, tenantId }: { readonly record: Unfinished; readonly tenantId: string }) {
  const input = useRef<HTMLInputElement>(null)
  const [words, setWords] = useState<string>()
  const navigate = useNavigate()
  const drop = useMutation({
    mutationFn: () => dropUnfinished(tenantId, record),
    onError: error => setWords(wordsOf(error))
  })
  const { name, size } = record.file
  function take(file: File) {
    if (!isSameFile(file, record)) {
      setWords(`That is not the same file: ${name} with ${formatBytes(size)} was being sent, unchanged since.`)
      return
    }
    navigate({ to: '/new', search: { sending: sendFile(file, record.description).id } })
  }
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
      <div className="flex min-w-0 flex-1 basis-72 items-start gap-2">
        <span className="mt-0.5">
          <StateShape state="Needs you" />
        </span>
        <p className="min-w-0">
          <span dir="auto" className="font-medium break-words">
            {record.description.title}
          </span>{' '}
          <span className="text-soft">
            was not sent to the end (begun <Ago value={record.startedAt} />
            ).
          </span>
          {words && (
            <span role="alert" className="block text-sm text-failed">
              {words}
            </span>
          )}
        </p>
      </div>
      <div className="ml-auto flex items-center gap-2">
        <Button size="small" icon={<RotateCw size={14} />} onClick={() => input.current?.click()}>
          Continue: pick {shorten(name)} again
        </Button>
        <Button size="small" look="quiet" isBusy={drop.isPending} onClick={() => drop.mutate()}>
          Discard
        </Button>
        <input
          ref={input}
          type="file"
          accept="video/*"
          hidden
          onChange={event => {
            const file = event.target.files?.[0]
            event.target.value = ''
            if (file) take(file)
          }}
        />
      </div>
    </li>
  )
}

/** Both ends of a name tell more than its beginning. */
const shorten = (name: string) => (name.length <= 28 ? name : `${name.slice(0, 14)}…${name.slice(-12)}`)

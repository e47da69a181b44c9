import { Link } from '@tanstack/react-router'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import { shownTime, stateOfTarget, stateOfUpload } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { useMay } from '../../session/session.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { StateMark } from '../../ui/state.tsx'
import { Time, zoneName, zoneWords } from '../../ui/time.tsx'
import { instantOf, localOf } from '../../ui/zone.ts'
import { useMove } from './api.ts'
import { isMovable, type Opened } from './use-moves.tsx'

/** Accounts that are named one by one. */
const MOST = 6

interface Props {
  readonly opened: Opened
  readonly zone: string
  readonly onMoved: (to: Date) => void
  readonly onClose: () => void
}

/** What it is and where it stands; while it waits, also when it goes out. */
export function EntryDialog({ opened: { upload, day }, zone, onMoved, onClose }: Props) {
  const may = useMay('member')
  const state = stateOfUpload(upload)
  const isMovableHere = may && isMovable(upload)
  const { accounts } = upload
  return (
    <Dialog title={<span dir="auto">{upload.title}</span>} onClose={onClose}>
      <p className="flex flex-wrap items-center gap-x-3">
        <StateMark state={state} />
        <Time value={shownTime(upload)} zone={zone} />
      </p>
      <ul className="border-t border-line">
        {accounts.slice(0, MOST).map(target => (
          <li key={target.accountId} className="flex items-center justify-between gap-3 border-b border-line py-1.5">
            <AccountName account={target} />
            <StateMark state={stateOfTarget(target)}>
              <span className="max-sm:sr-only">{stateOfTarget(target)}</span>
            </StateMark>
          </li>
        ))}
        {accounts.length > MOST && <li className="py-1.5 text-sm text-soft">And {accounts.length - MOST} more.</li>}
      </ul>
      {isMovableHere ? (
        <MoveForm upload={upload} day={day} zone={zone} onMoved={onMoved} />
      ) : (
        <DialogActions>
          <OpenLink uploadId={upload.uploadId} look="main" />
        </DialogActions>
      )}
    </Dialog>
  )
}

interface MoveProps extends Pick<Props, 'zone' | 'onMoved'> {
  readonly upload: Upload
  readonly day: string | undefined
}

function MoveForm({ upload, day, zone, onMoved }: MoveProps) {
  const local = localOf(new Date(shownTime(upload)), zone)
  const [date, setDate] = useState(day ?? local.slice(0, 10))
  const [time, setTime] = useState(local.slice(11))
  const move = useMove()
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLInputElement>(day ? '[type=time]' : '[type=date]')?.focus(), [day])
  const to = date && time ? instantOf(`${date}T${time}`, zone) : undefined
  const isPast = to !== undefined && to.getTime() <= Date.now()
  const refusal = fieldWords(move.error).scheduledOn
  const words = refusal ?? (isPast ? 'That time has passed. Choose a later one.' : undefined)
  function submit(event: FormEvent) {
    event.preventDefault()
    if (to && !isPast) move.mutate({ upload, to, zone }, { onSuccess: () => onMoved(to) })
  }
  return (
    <form ref={form} onSubmit={submit} className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-3">
        <TextField
          label="Day"
          type="date"
          required
          value={date}
          min={localOf(new Date(), zone).slice(0, 10)}
          onChange={event => setDate(event.target.value)}
        />
        <TextField label="Time" type="time" required value={time} onChange={event => setTime(event.target.value)} />
      </div>
      <p role={words ? 'alert' : undefined} className={`text-sm ${words ? 'text-failed' : 'text-soft'}`}>
        {words ?? (to && hintOf(to, `${date}T${time}`, zone))}
      </p>
      {move.error && !refusal && <Problem error={move.error} />}
      <DialogActions>
        <OpenLink uploadId={upload.uploadId} look="plain" />
        <Button
          look="main"
          type="submit"
          isBusy={move.isPending}
          disabled={!to || isPast || to.getTime() === Date.parse(shownTime(upload))}
        >
          Move the upload
        </Button>
      </DialogActions>
    </form>
  )
}

const OpenLink = ({ uploadId, look }: { readonly uploadId: string; readonly look: 'main' | 'plain' }) => (
  <Link
    to="/uploads/$uploadId"
    params={{ uploadId }}
    className={`${buttonClass(look)} ${look === 'plain' ? 'mr-auto' : ''}`}
  >
    Open the upload
  </Link>
)

/** The zone as it is then; and what becomes of a time that the clocks skip. */
function hintOf(to: Date, asked: string, zone: string): string {
  const real = localOf(to, zone)
  const clocks = `On the clocks of ${zoneWords(zone, zoneName(to, zone))}.`
  return real === asked ? clocks : `There is no ${asked.slice(11)} on that day: it becomes ${real.slice(11)}. ${clocks}`
}

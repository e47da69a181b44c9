import { useMutation } from '@tanstack/react-query'
import { Pause, Play, RotateCw, X } from 'lucide-react'
import type { ReactNode } from 'react'
import { abortSending, pauseSending, resumeSending, retrySending, type Sending } from '../data/outbox.ts'
import { Button, IconButton } from './button.tsx'
import { wordsOf } from './problem.tsx'
import { toast } from './toast.tsx'

/** Pause, continue, try again, abort: what the transfer allows now. `isShort`: as pictures. */
export function TransferActions({
  sending,
  isShort = false
}: {
  readonly sending: Sending
  readonly isShort?: boolean
}) {
  const { id, progress, file } = sending
  const abort = useMutation({
    mutationFn: () => abortSending(id),
    onError: error => toast(<>It could not be aborted. {wordsOf(error)}</>, { kind: 'failed' })
  })
  const act = (label: string, icon: ReactNode, onClick: () => void) =>
    isShort ? (
      <IconButton label={`${label} ${file.name}`} icon={icon} onClick={onClick} />
    ) : (
      <Button icon={icon} onClick={onClick}>
        {label}
      </Button>
    )
  const { state } = progress
  if (state === 'done' || state === 'aborted') return null
  if (state === 'failed') return act('Try again', <RotateCw size={14} />, () => retrySending(id))
  return (
    <>
      {state === 'paused'
        ? act('Continue', <Play size={14} />, () => resumeSending(id))
        : state !== 'completing' && act('Pause', <Pause size={14} />, () => pauseSending(id))}
      {state !== 'completing' && act(abort.isPending ? 'Aborting' : 'Abort', <X size={14} />, () => abort.mutate())}
    </>
  )
}

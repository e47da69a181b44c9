import type { State } from '../ui/state.tsx'
import type { Target, Upload } from './uploads.ts'

/** Of one account. What only a person can mend needs one: a post that may exist, a grant that has died. */
export function stateOfTarget(target: Target): State {
  if (target.errorCode === 'outcome_unknown') return 'Needs you'
  const isOpen = target.status === 'Scheduled' || target.status === 'Processing'
  if (isOpen && target.accountStatus !== 'active') return 'Needs you'
  return target.status
}

export function stateOfUpload(upload: Upload): State {
  return upload.accounts.some(target => stateOfTarget(target) === 'Needs you') ? 'Needs you' : upload.status
}

export const isOver = ({ status }: Pick<Target, 'status'>): boolean => status !== 'Scheduled' && status !== 'Processing'

/** The moment by which an upload is told: when it goes out, or came. */
export const shownTime = ({ scheduledOn, createdAt }: Pick<Upload, 'scheduledOn' | 'createdAt'>): string =>
  scheduledOn ?? createdAt

/** Where a target is, in words for a person. */
export function phaseWords(target: Target): string {
  if (target.status === 'Scheduled') return 'Waiting for its time'
  if (target.status !== 'Processing') return target.status
  if (target.nextAttemptAt && Date.parse(target.nextAttemptAt) > Date.now() + 2000 && target.errorMessage)
    return 'Waiting to try again'
  return PHASES[target.progress.phase]
}

const PHASES: Record<Target['progress']['phase'], string> = {
  waiting: 'Accepted',
  preparing: 'Opening the upload',
  sending: 'Sending',
  processing: 'The platform is processing it',
  publishing: 'Publishing',
  done: 'Done'
}

import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useCancel, useRetry } from '../../data/change-uploads.ts'
import { isOver, stateOfTarget } from '../../data/states.ts'
import type { Target, Upload } from '../../data/uploads.ts'
import { useMay } from '../../session/session.ts'
import { Button, buttonClass } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import { wordsOf } from '../../ui/problem.tsx'
import { ResolveDialog } from './resolve.tsx'

/** The reason why a target is not where it should be, and the button that mends it. */
export function LaneMending({ upload, target }: { readonly upload: Upload; readonly target: Target }) {
  const retry = useRetry()
  const cancel = useCancel()
  const [isResolving, setResolving] = useState(false)
  const may = useMay('member')
  const mayLink = useMay('admin')
  const state = stateOfTarget(target)
  const isUnknown = target.errorCode === 'outcome_unknown'
  const isDead = target.accountStatus !== 'active'
  const one = { uploadId: upload.uploadId, accounts: [target.accountId] }
  const failure = retry.error ?? cancel.error
  const canCancel = may && !isOver(target) && upload.accounts.length > 1
  if (!target.errorMessage && state !== 'Needs you' && !canCancel && !failure) return null
  return (
    <>
      {(target.errorMessage || state === 'Needs you') && (
        <Notice
          kind={state === 'Failed' ? 'failed' : state === 'Needs you' ? 'needs' : 'info'}
          actions={
            <>
              {may && isUnknown && (
                <Button size="small" onClick={() => setResolving(true)}>
                  Say whether it is live
                </Button>
              )}
              {isDead && mayLink && (
                <Link
                  to="/accounts"
                  search={{ relink: target.accountId } as never}
                  className={buttonClass('plain', 'small')}
                >
                  Link the account again
                </Link>
              )}
              {may && target.status === 'Failed' && !isUnknown && (
                <Button size="small" isBusy={retry.isPending} onClick={() => retry.mutate(one)}>
                  Retry this account
                </Button>
              )}
            </>
          }
        >
          <p dir="auto">
            {target.errorMessage ?? 'This account must be linked again before the video can go out on it.'}
          </p>
          {target.errorCode && <p className="font-mono text-xs text-soft">{target.errorCode}</p>}
        </Notice>
      )}
      {canCancel && (
        <div>
          <Button
            size="small"
            look="quiet"
            className="-ml-2 text-soft"
            isBusy={cancel.isPending}
            onClick={() => cancel.mutate(one)}
          >
            Cancel this account
          </Button>
        </div>
      )}
      {failure && <Notice kind="failed">{wordsOf(failure)}</Notice>}
      {isResolving && <ResolveDialog upload={upload} target={target} onClose={() => setResolving(false)} />}
    </>
  )
}

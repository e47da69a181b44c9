import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { plural } from '../../ui/format.ts'
import { Notice } from '../../ui/notice.tsx'
import { Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonBox } from '../../ui/skeleton.tsx'
import { toast } from '../../ui/toast.tsx'
import { twoFactorQuery, useDisable, useRenewCodes } from './api.ts'
import { BackupCodes } from './backup-codes.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { SetUpDialog } from './set-up-dialog.tsx'

/** Fewer left than this, and it is time for new ones. */
const FEW = 3

/** A code of the phone beside the password. */
export function TwoFactor() {
  const { data, error, refetch } = useQuery(twoFactorQuery)
  const [open, setOpen] = useState<'set up' | 'codes' | 'off'>()
  const close = () => setOpen(undefined)
  return (
    <Section
      title={<>Second factor {data && <span className="font-normal text-soft">{data.isOn ? 'on' : 'off'}</span>}</>}
    >
      {!data && !error && (
        <div role="status" aria-label="Loading the second factor" className="flex flex-col gap-2">
          <SkeletonBox className="my-1 h-3 w-4/5" />
          <SkeletonBox className="h-8 w-44" />
        </div>
      )}
      {!data && error && <Problem error={error} onRetry={() => refetch()} />}
      {data && !data.isOn && (
        <>
          <p className="max-w-[60ch] text-soft">
            Sign-in asks for a code of an app on your phone beside the password. A stolen password alone is then worth
            nothing.
          </p>
          <div>
            <Button onClick={() => setOpen('set up')}>Set up a second factor</Button>
          </div>
        </>
      )}
      {data?.isOn && (
        <>
          {data.backupCodesLeft < FEW ? (
            <Notice kind="needs">
              {plural(data.backupCodesLeft, 'backup code')} left. Without the phone and without a code you cannot sign
              in: make new ones.
            </Notice>
          ) : (
            <p className="text-soft">
              Sign-in asks for a code of your app. {plural(data.backupCodesLeft, 'backup code')} left for the day the
              phone is away.
            </p>
          )}
          <div className="flex flex-wrap gap-2">
            <Button onClick={() => setOpen('codes')}>Make new backup codes</Button>
            <Button look="danger" onClick={() => setOpen('off')}>
              Turn the second factor off
            </Button>
          </div>
        </>
      )}
      {open === 'set up' && <SetUpDialog onClose={close} />}
      {open === 'codes' && <CodesDialog onClose={close} />}
      {open === 'off' && <OffDialog onClose={close} />}
    </Section>
  )
}

function CodesDialog({ onClose }: { readonly onClose: () => void }) {
  const renew = useRenewCodes()
  if (renew.isSuccess) {
    return (
      <Dialog title="Your new backup codes" onClose={onClose}>
        <BackupCodes codes={renew.data.backupCodes} />
        <DialogActions>
          <Button look="main" onClick={onClose}>
            I have kept them
          </Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <PasswordDialog
      title="Make new backup codes"
      act="Make new backup codes"
      isBusy={renew.isPending}
      error={renew.error}
      onPassword={password => renew.mutate(password)}
      onClose={onClose}
    >
      The old ones are void at once.
    </PasswordDialog>
  )
}

function OffDialog({ onClose }: { readonly onClose: () => void }) {
  const disable = useDisable()
  function done() {
    onClose()
    toast('The second factor is off.')
  }
  return (
    <PasswordDialog
      title="Turn the second factor off?"
      act="Turn the second factor off"
      isDangerous
      isBusy={disable.isPending}
      error={disable.error}
      onPassword={password => disable.mutate(password, { onSuccess: done })}
      onClose={onClose}
    >
      The password alone signs you in then. The entry in your app and the backup codes are void.
    </PasswordDialog>
  )
}

import type { Account } from '../../data/accounts.ts'
import { AccountName } from '../../ui/account-name.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Problem } from '../../ui/problem.tsx'
import { toast } from '../../ui/toast.tsx'
import { countWords } from './account-line.tsx'
import { type Health, useUnlink } from './api.ts'

interface Props {
  readonly account: Account
  readonly health: Health | undefined
  readonly onClose: () => void
}

/** Says what becomes of everything that hangs on the account before it goes. */
export function UnlinkDialog({ account, health, onClose }: Props) {
  const unlink = useUnlink()
  const { processing = 0, scheduled = 0 } = health?.deliveries ?? {}
  const waiting = [
    ...(processing > 0 ? [`${countWords(processing)} going out now`] : []),
    ...(scheduled > 0 ? [`${countWords(scheduled)} scheduled`] : [])
  ]
  return (
    <Dialog title="Unlink this account?" onClose={onClose}>
      <AccountName account={account} hasHandle />
      {waiting.length > 0 && (
        <Notice kind="needs">
          Uploads wait for this account: {waiting.join(', ')}. On it they fail, and nothing is posted, unless publishing
          has begun. On their other accounts they go on.
        </Notice>
      )}
      <p>
        {waiting.length === 0 && 'Nothing waits for this account. '}
        Its sign-in is forgotten here and revoked at the platform. What was posted stays there, and the history stays
        here. Linked again, it is the same account as before.
      </p>
      {unlink.error && <Problem error={unlink.error} />}
      <DialogActions>
        <Button onClick={onClose}>Keep it linked</Button>
        <Button
          look="danger"
          isBusy={unlink.isPending}
          onClick={() =>
            unlink.mutate(account.accountId, {
              onSuccess: () => {
                onClose()
                toast(
                  <>
                    <bdi>{account.displayName}</bdi> is unlinked.
                  </>
                )
              }
            })
          }
        >
          {unlink.isPending ? 'Unlinking' : 'Unlink the account'}
        </Button>
      </DialogActions>
    </Dialog>
  )
}

import { type FormEvent, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { useBegin, useConfirm } from './api.ts'
import { BackupCodes } from './backup-codes.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { QrPicture } from './qr-picture.tsx'

/** The password, the app, its first code, and what to keep for the day it is lost. */
export function SetUpDialog({ onClose }: { readonly onClose: () => void }) {
  const begin = useBegin()
  const confirm = useConfirm()
  if (!begin.isSuccess) {
    return (
      <PasswordDialog
        title="Set up a second factor"
        act="Continue"
        isBusy={begin.isPending}
        error={begin.error}
        onPassword={password => begin.mutate(password)}
        onClose={onClose}
      >
        You need an authenticator app, as Aegis, 1Password or Google Authenticator are.
      </PasswordDialog>
    )
  }
  if (confirm.isSuccess) {
    return (
      <Dialog title="The second factor is on" onClose={onClose}>
        <BackupCodes codes={begin.data.backupCodes} />
        <DialogActions>
          <Button look="main" onClick={onClose}>
            I have kept them
          </Button>
        </DialogActions>
      </Dialog>
    )
  }
  return (
    <Dialog title="Add Upload24 to your app" onClose={onClose}>
      <Scan uri={begin.data.uri} secret={begin.data.secret} />
      <CodeForm
        isBusy={confirm.isPending}
        error={confirm.error}
        onCode={code => confirm.mutate(code)}
        onClose={onClose}
      />
    </Dialog>
  )
}

const Scan = ({ uri, secret }: { readonly uri: string; readonly secret: string }) => (
  <div className="flex flex-wrap items-center gap-x-5 gap-y-3">
    <QrPicture text={uri} label="QR code for the authenticator app" />
    <div className="flex min-w-0 flex-1 basis-52 flex-col items-start gap-2">
      <p>Scan the picture with the app. If you cannot, type this key into it:</p>
      <p className="font-mono text-sm select-all">{secret.match(/.{1,4}/g)?.join(' ')}</p>
      <CopyButton text={secret} label="Copy the key" />
    </div>
  </div>
)

interface CodeProps {
  readonly isBusy: boolean
  readonly error: unknown
  readonly onCode: (code: string) => void
  readonly onClose: () => void
}

function CodeForm({ isBusy, error, onCode, onClose }: CodeProps) {
  const [code, setCode] = useState('')
  const words = fieldWords(error)
  function send(event: FormEvent) {
    event.preventDefault()
    onCode(code.replaceAll(/\s/g, ''))
  }
  return (
    <form onSubmit={send} className="flex flex-col gap-4">
      <TextField
        label="Code that the app shows now"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        autoFocus
        required
        maxLength={8}
        className="max-w-40 font-mono tracking-widest"
        value={code}
        hint="Six digits. Nothing changes before it is right."
        error={words.code}
        onChange={event => setCode(event.target.value)}
      />
      {Boolean(error) && !words.code && <Problem error={error} />}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button look="main" type="submit" isBusy={isBusy}>
          {isBusy ? 'Turning it on' : 'Turn the second factor on'}
        </Button>
      </DialogActions>
    </form>
  )
}

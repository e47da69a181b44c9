import { type FormEvent, useState } from 'react'
import { useResolve } from '../../data/change-uploads.ts'
import type { Target, Upload } from '../../data/uploads.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { CheckField, TextField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'

interface Props {
  readonly upload: Upload
  readonly target: Target
  readonly onClose: () => void
}

/** Only a person can see whether the post is there: the platform gave no answer, and asking did not tell. */
export function ResolveDialog({ upload: { uploadId }, target: { accountId, displayName }, onClose }: Props) {
  const resolve = useResolve()
  const [isLive, setLive] = useState<boolean>()
  const [hasLooked, setLooked] = useState(false)
  const [url, setUrl] = useState('')
  function tell(event: FormEvent) {
    event.preventDefault()
    const answer = isLive
      ? { uploadId, accountId, live: true as const, ...(url.trim() ? { externalUrl: url.trim() } : {}) }
      : { uploadId, accountId, live: false as const, confirm: true as const }
    resolve.mutate(answer, { onSuccess: onClose })
  }
  return (
    <Dialog title={`Is the video live on ${displayName}?`} onClose={onClose}>
      <p className="text-soft">
        The platform took the last request and never answered it. Upload24 asked again and could not tell. It does not
        send the video a second time until somebody has looked at the account.
      </p>
      <form onSubmit={tell} className="flex flex-col gap-4">
        <fieldset className="flex flex-col gap-2">
          <legend className="sr-only">What you see on the account</legend>
          <Choice label="Yes, it is there" isChosen={isLive === true} onChoose={() => setLive(true)} />
          <Choice label="No, it is not there" isChosen={isLive === false} onChoose={() => setLive(false)} />
        </fieldset>
        {isLive === true && (
          <TextField
            label="Address of the post (optional)"
            type="url"
            placeholder="https://"
            value={url}
            error={fieldWords(resolve.error).externalUrl}
            onChange={event => setUrl(event.target.value)}
          />
        )}
        {isLive === false && (
          <CheckField
            label="I looked at the account, and the video is not there"
            hint="The platform is asked once more, and then the video is sent again."
            checked={hasLooked}
            onChange={event => setLooked(event.target.checked)}
          />
        )}
        {resolve.error && <Problem error={resolve.error} />}
        <DialogActions>
          <Button onClick={onClose}>Not now</Button>
          <Button
            look="main"
            type="submit"
            isBusy={resolve.isPending}
            disabled={isLive === undefined || (isLive === false && !hasLooked)}
          >
            {isLive === false ? 'Send it again' : 'Mark as live'}
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

const Choice = ({
  label,
  isChosen,
  onChoose
}: {
  readonly label: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}) => (
  <label className="flex items-center gap-2">
    <input type="radio" name="live" checked={isChosen} onChange={onChoose} className="size-4 accent-act" />
    {label}
  </label>
)

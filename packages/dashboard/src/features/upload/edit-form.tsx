import { useQuery } from '@tanstack/react-query'
import type { UploadDescription } from '@upload24/sdk'
import { type FormEvent, useState } from 'react'
import { platformOf, platformsQuery } from '../../data/accounts.ts'
import { useEdit } from '../../data/change-uploads.ts'
import type { Upload } from '../../data/uploads.ts'
import { useZone } from '../../data/workspace.ts'
import { AccountRow } from '../../description/account-row.tsx'
import { useCheck } from '../../description/check.ts'
import { type Draft, descriptionOf, draftOf, type SetDraft } from '../../description/draft.ts'
import { fitOf, type Target } from '../../description/fit.ts'
import { TextPart } from '../../description/text-part.tsx'
import { AccountName } from '../../ui/account-name.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { fieldWords } from '../../ui/problem.tsx'
import { zoneName, zoneWords } from '../../ui/time.tsx'
import { instantOf, localOf } from '../../ui/zone.ts'
import { changesOf } from './changes.ts'
import { EditEnd } from './edit-end.tsx'
import { accountOf, refusalsOf, withRefusals } from './refusals.ts'

interface Props {
  readonly upload: Upload
  readonly sent: UploadDescription
  readonly onClose: () => void
}

/** The draft of what was sent. Only what differs from it is saved, so that another's change of the rest stays. */
export function EditForm({ upload, sent, onClose }: Props) {
  const zone = useZone()
  const { data: platforms } = useQuery(platformsQuery)
  const edit = useEdit()
  const [before] = useState(() => beginning(upload, sent, zone))
  const [draft, setDraft] = useState(before)
  const [openId, setOpen] = useState<string>()
  const [isLeaving, setLeaving] = useState(false)
  const set: SetDraft = change => {
    setDraft(now => ({ ...now, ...(typeof change === 'function' ? change(now) : change) }))
    setLeaving(false)
    edit.reset()
  }

  const waiting = upload.accounts.filter(({ status }) => status === 'Scheduled')
  const video = videoOf(upload)
  // The time is judged when it is saved: one that stays may have come meanwhile.
  const check = useCheck(descriptionOf({ ...draft, at: null }, waiting, zone), video)
  const refusals = refusalsOf(edit.error ?? check.error)
  const targets: Target[] = waiting.map(account => {
    const platform = platformOf(platforms, account.platform)
    return { account, fit: withRefusals(fitOf(account, { draft, video, platform, check }), account, refusals) }
  })
  const changes = changesOf(before, draft, zone)
  const isChanged = Object.keys(changes).length > 0
  // While this very change is under way, that it is not scheduled any more may be its own doing.
  const isLate = upload.status !== 'Scheduled' && !edit.isPending && !edit.isSuccess
  const leave = () => (isChanged && !isLeaving && !isLate ? setLeaving(true) : onClose())

  function save(event: FormEvent) {
    event.preventDefault()
    if (!isChanged) return
    edit.mutate(
      { uploadId: upload.uploadId, ...changes },
      {
        onSuccess: onClose,
        onError: error => setOpen(now => refusalsOf(error).map(accountOf).find(Boolean) ?? now)
      }
    )
  }

  return (
    <Dialog title="Edit the scheduled upload" at="side" onClose={leave}>
      <form onSubmit={save} className="flex min-h-0 flex-1 flex-col gap-6">
        <TextPart draft={draft} set={set} targets={targets} error={edit.error ?? check.error} />
        <TextField
          label="Goes out"
          type="datetime-local"
          value={draft.at ?? ''}
          error={fieldWords(edit.error).scheduledOn}
          hint={
            draft.at
              ? `On the clocks of ${zoneWords(zone, zoneName(instantOf(draft.at, zone), zone))}.`
              : 'Empty: it goes out now.'
          }
          onChange={event => set({ at: event.target.value })}
        />
        <Section title="Accounts">
          <ul aria-label="Accounts" className="flex flex-col divide-y divide-line border-y border-line">
            {targets.map(target => (
              <AccountRow
                key={target.account.accountId}
                account={target.account}
                target={target}
                siblings={targets.filter(({ account }) => account.platform === target.account.platform).length}
                draft={draft}
                set={set}
                hasFile
                open={{ id: openId, set: setOpen }}
                head={
                  <div className="min-w-0 flex-1 basis-full sm:basis-40">
                    <AccountName account={target.account} hasHandle />
                  </div>
                }
              />
            ))}
          </ul>
        </Section>
        <EditEnd
          upload={upload}
          edit={edit}
          isLate={isLate}
          isChanged={isChanged}
          isNow={draft.at === ''}
          isLeaving={isLeaving}
          onStay={() => setLeaving(false)}
          onClose={onClose}
          onLeave={leave}
        />
      </form>
    </Dialog>
  )
}

const beginning = ({ scheduledOn }: Upload, sent: UploadDescription, zone: string): Draft => ({
  ...draftOf(sent),
  at: scheduledOn ? localOf(new Date(scheduledOn), zone) : ''
})

/** As far as its page knows it; the server measured the rest when it took it. */
function videoOf({ file }: Upload) {
  const { contentType, durationSeconds, width, height } = file
  const measures = {
    ...(durationSeconds === null ? {} : { durationSeconds }),
    ...(width === null || height === null ? {} : { width, height })
  }
  return { file, contentType, measures, fault: undefined }
}

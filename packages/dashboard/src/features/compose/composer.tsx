import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { accountsQuery, platformOf, platformsQuery } from '../../data/accounts.ts'
import { offerFile } from '../../data/offered-file.ts'
import { sendFile } from '../../data/outbox.ts'
import { useZone } from '../../data/workspace.ts'
import { useCheck } from '../../description/check.ts'
import { descriptionOf } from '../../description/draft.ts'
import { fitOf, type Target } from '../../description/fit.ts'
import { TextPart } from '../../description/text-part.tsx'
import { fieldsOf, type Schema } from '../../form/schema.ts'
import { Page } from '../../ui/page.tsx'
import { useDraft } from './draft.ts'
import { FitTable } from './fit-table.tsx'
import { Preview } from './preview.tsx'
import { SendPart } from './send-part.tsx'
import { useVideo } from './video.ts'
import { VideoPart } from './video-part.tsx'
import { WhenPart } from './when-part.tsx'

export function Composer({ at, hasSample }: { readonly at: string | undefined; readonly hasSample: boolean }) {
  const zone = useZone()
  const navigate = useNavigate()
  const accounts = useQuery(accountsQuery)
  const { data: platforms } = useQuery(platformsQuery)
  const { draft, set, startAnew } = useDraft(at)
  const video = useVideo()
  const [openId, setOpen] = useState<string>()

  const linked = (accounts.data ?? []).filter(({ status }) => status !== 'revoked')
  const wanted = draft.accounts ?? (linked.length === 1 ? linked.map(({ accountId }) => accountId) : [])
  const chosen = linked.filter(({ accountId, status }) => status === 'active' && wanted.includes(accountId))
  const description = descriptionOf(draft, chosen, zone)
  const check = useCheck(description, video)
  const targets: Target[] = chosen.map(account => ({
    account,
    fit: fitOf(account, { draft, video, platform: platformOf(platforms, account.platform), check })
  }))
  const looked = targets.find(({ account }) => account.accountId === openId) ?? targets[0]

  function send() {
    if (!video) return
    const { id } = sendFile(video.file, description, video.poster ?? null)
    startAnew((platform, option) => isAskedOnce(platformOf(platforms, platform)?.options, option))
    offerFile(undefined)
    navigate({ to: '/new', search: { sending: id } })
  }

  function takeSample(file: File) {
    offerFile(file)
    set(({ title }) => (title === '' ? { title: 'Sample video' } : {}))
  }

  const preview = looked && <Preview target={looked} draft={draft} video={video} zone={zone} />
  return (
    <Page title="New upload">
      <div className="grid items-start gap-x-10 gap-y-6 lg:grid-cols-[minmax(0,1fr)_304px]">
        <div className="flex min-w-0 flex-col gap-7">
          <VideoPart video={video} wantsSample={hasSample} onSample={takeSample} />
          <TextPart draft={draft} set={set} targets={targets} error={check.error} />
          <FitTable
            accounts={accounts}
            draft={draft}
            set={set}
            targets={targets}
            open={{ id: openId, set: setOpen, preview }}
          />
          <WhenPart draft={draft} set={set} zone={zone} check={check} />
        </div>
        <aside className="flex flex-col gap-5 lg:sticky lg:top-7">
          <div className="hidden lg:block">{preview}</div>
          <SendPart
            draft={draft}
            video={video}
            targets={targets}
            check={check}
            zone={zone}
            hasPreview={looked !== undefined}
            onOpen={setOpen}
            onSend={send}
          />
        </aside>
      </div>
    </Page>
  )
}

/** What a platform wants to be told with every upload, and what hardly changes from one to the next. */
function isAskedOnce(options: unknown, option: string): boolean {
  const field = fieldsOf((options ?? {}) as Schema).find(({ name }) => name === option)
  return field?.isRequired === true && !field.schema.visibility
}

import { withArticle } from '../../data/roles.ts'
import { useMay, useSignedIn } from '../../session/session.ts'
import { Page } from '../../ui/page.tsx'
import { Invitations } from './invitations.tsx'
import { Members } from './members.tsx'
import { Others } from './others.tsx'
import { Settings } from './settings.tsx'

/** What belongs together: its settings, its people, and the way to other ones. */
export function Workspace() {
  const { tenant } = useSignedIn()
  const mayManage = useMay('admin')
  return (
    <Page
      title="Workspace"
      width="text"
      facts={
        <>
          You are {withArticle(tenant.role)} of <bdi>{tenant.name}</bdi>
          {mayManage ? '.' : '. Its admins and owners change what stands here.'}
        </>
      }
    >
      <div className="flex flex-col gap-10">
        <Settings />
        <Members />
        {mayManage && <Invitations />}
        <Others />
      </div>
    </Page>
  )
}

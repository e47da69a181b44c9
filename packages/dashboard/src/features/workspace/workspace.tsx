import { Page } from '../../ui/page.tsx'

export const Workspace = () => <Page title="Workspace">…</Page>

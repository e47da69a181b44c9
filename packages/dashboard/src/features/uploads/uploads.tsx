import { Page } from '../../ui/page.tsx'

export const Uploads = () => <Page title="Uploads">…</Page>

import { Page } from '../../ui/page.tsx'

export const Compose = () => <Page title="New">…</Page>

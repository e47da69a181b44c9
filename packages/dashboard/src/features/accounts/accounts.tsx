import { Page } from '../../ui/page.tsx'

export const Accounts = () => <Page title="Accounts">…</Page>

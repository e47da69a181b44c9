import { Page } from '../../ui/page.tsx'

export const You = () => <Page title="You">…</Page>

import { Page } from '../../ui/page.tsx'

export const Reset = () => <Page title="Reset">…</Page>

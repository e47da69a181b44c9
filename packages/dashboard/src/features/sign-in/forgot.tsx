import { Page } from '../../ui/page.tsx'

export const Forgot = () => <Page title="Forgot">…</Page>

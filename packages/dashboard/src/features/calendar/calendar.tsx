import { Page } from '../../ui/page.tsx'

export const Calendar = () => <Page title="Calendar">…</Page>

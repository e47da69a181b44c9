import { Page } from '../../ui/page.tsx'

export const SignUp = () => <Page title="Up">…</Page>

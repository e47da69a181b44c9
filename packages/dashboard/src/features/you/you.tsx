import { useSignedIn } from '../../session/session.ts'
import { Page } from '../../ui/page.tsx'
import { Name } from './name.tsx'
import { Password } from './password.tsx'
import { Sessions } from './sessions.tsx'
import { TwoFactor } from './two-factor.tsx'

/** Of the person, in whichever workspace: the name, and everything about signing in. */
export function You() {
  const { user } = useSignedIn()
  return (
    <Page title="You" width="text" facts={<>You sign in as {user.email}, in every workspace.</>}>
      <div className="flex flex-col gap-10">
        <Name />
        <Password />
        <TwoFactor />
        <Sessions />
      </div>
    </Page>
  )
}

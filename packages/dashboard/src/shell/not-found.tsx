import { Link } from '@tanstack/react-router'
import { buttonClass } from '../ui/button.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'

export const NotFound = () => (
  <Page title="Not here" width="text">
    <Empty
      title="There is no page at this address"
      actions={
        <Link to="/" className={buttonClass('main')}>
          Go to Home
        </Link>
      }
    >
      It may be cut short, or lead to something that was deleted.
    </Empty>
  </Page>
)

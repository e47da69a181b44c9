import { Page } from '../../ui/page.tsx'
import { DocsPart } from './docs-part.tsx'
import { SandboxPart } from './sandbox-part.tsx'

/** For those who write programs against it, and want to see them fail well. */
export const Developers = () => (
  <Page title="Developers">
    <div className="flex flex-col gap-12">
      <DocsPart />
      <SandboxPart />
    </div>
  </Page>
)

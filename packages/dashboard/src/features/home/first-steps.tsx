import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useMay } from '../../session/session.ts'
import { buttonClass } from '../../ui/button.tsx'
import { StateShape } from '../../ui/state.tsx'

/** The way in: three steps that tick off by themselves. */
export function FirstSteps({ hasAccount }: { readonly hasAccount: boolean }) {
  const mayLink = useMay('admin')
  const maySend = useMay('member')
  return (
    <div className="flex max-w-[680px] flex-col gap-5">
      <p className="text-lg text-soft">
        One video goes in; it comes out on every account you link. Three steps to see it work.
      </p>
      <ol className="flex flex-col border-t border-line">
        <Step
          number={1}
          isDone={hasAccount}
          title="Link an account"
          action={
            mayLink ? (
              <Link to="/accounts" className={buttonClass(hasAccount ? 'plain' : 'main')}>
                {hasAccount ? 'Link another account' : 'Link an account'}
              </Link>
            ) : (
              <span className="text-sm text-soft">An admin of this workspace links accounts.</span>
            )
          }
        >
          Begin with a sandbox account: it behaves like the platform, needs no approval, and nobody sees what you post.
        </Step>
        <Step
          number={2}
          isDone={false}
          title="Send a video"
          action={
            hasAccount && maySend ? (
              <div className="flex flex-wrap gap-2">
                <Link to="/new" search={{ sample: '1' } as never} className={buttonClass('main')}>
                  Send the sample video
                </Link>
                <Link to="/new" className={buttonClass()}>
                  Choose your own
                </Link>
              </div>
            ) : undefined
          }
        >
          A five-second film comes with Upload24, so that you can try it without one of your own.
        </Step>
        <Step number={3} isDone={false} title="See it arrive">
          Each account has a lane of its own: what was sent, what the platform said, and the link to the post.
        </Step>
      </ol>
    </div>
  )
}

interface StepProps {
  readonly number: number
  readonly isDone: boolean
  readonly title: string
  readonly action?: ReactNode
  readonly children: ReactNode
}

const Step = ({ number, isDone, title, action, children }: StepProps) => (
  <li className="grid grid-cols-[24px_minmax(0,1fr)] gap-x-3 border-b border-line py-4">
    <span className="flex h-5 items-center font-medium text-soft">
      {isDone ? <StateShape state="Uploaded" /> : number}
      {isDone && <span className="sr-only">Done</span>}
    </span>
    <div className="flex flex-col items-start gap-2">
      <h2 className="text-base">{title}</h2>
      <p className="text-soft">{children}</p>
      {action}
    </div>
  </li>
)

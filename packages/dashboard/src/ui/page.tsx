import { type ReactNode, useEffect } from 'react'

interface Props {
  readonly title: string
  /** Beside the title: the page's one or two actions. */
  readonly actions?: ReactNode
  /** Under the title: one line of facts. */
  readonly facts?: ReactNode
  readonly children: ReactNode
  readonly width?: 'text' | 'wide'
}

/** Every page's head and measure. The title is also the tab's. */
export function Page({ title, actions, facts, children, width = 'wide' }: Props) {
  useEffect(() => {
    document.title = `${title} · Upload24`
  }, [title])
  return (
    <div
      className={`mx-auto flex w-full flex-col gap-5 px-4 pt-5 pb-20 sm:px-6 md:px-8 md:pt-7 ${width === 'text' ? 'max-w-[760px]' : 'max-w-[1240px]'}`}
    >
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <h1 dir="auto" className="text-xl break-words">
            {title}
          </h1>
          {facts && <div className="mt-0.5 text-soft">{facts}</div>}
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  )
}

/** A part of a page, under its own heading. */
export function Section({
  title,
  aside,
  children
}: {
  readonly title: ReactNode
  readonly aside?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className="flex flex-col gap-2">
      <header className="flex items-baseline justify-between gap-4">
        <h2 className="text-base">{title}</h2>
        {aside && <div className="text-sm text-soft">{aside}</div>}
      </header>
      {children}
    </section>
  )
}

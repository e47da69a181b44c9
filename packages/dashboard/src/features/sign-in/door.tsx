import { type ReactNode, useEffect } from 'react'

/** The page around every form of somebody who is not signed in yet. */
export function Door({
  title,
  children,
  below
}: {
  readonly title: string
  readonly children: ReactNode
  readonly below?: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Upload24`
  }, [title])
  return (
    <main className="mx-auto flex min-h-dvh w-full max-w-[400px] flex-col px-5 pt-[14vh] pb-12">
      <p className="mb-8 flex items-center gap-2.5 text-lg font-semibold">
        <img src="/icon.svg" alt="" width={28} height={28} />
        Upload24
      </p>
      <h1 className="mb-4 text-xl">{title}</h1>
      {children}
      {below && <div className="mt-6 flex flex-col gap-1.5 text-soft">{below}</div>}
    </main>
  )
}

export const doorLink = 'font-medium text-act underline underline-offset-2'

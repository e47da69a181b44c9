import { useLocation } from '@tanstack/react-router'
import { useEffect } from 'react'
import { type Sending, sendFor, useOutbox } from '../data/outbox.ts'
import { refreshUnfinished, type Unfinished, useUnfinished } from '../data/outbox-store.ts'
import { useSignedIn } from '../session/session.ts'
import { OutboxLine } from './outbox-line.tsx'
import { UnfinishedLine } from './outbox-unfinished.tsx'

/** What is on its way from this tab, and what an earlier one left unfinished. Stays while pages come and go. */
export function Outbox() {
  const { tenant } = useSignedIn()
  const sendings = useOutbox().filter(each => each.tenantId === tenant.id)
  const unfinished = useUnfinished().filter(record => !sendings.some(sending => isOf(sending, record)))
  const { search } = useLocation()
  useEffect(() => sendFor(tenant.id), [tenant.id])
  useEffect(() => {
    refreshUnfinished(tenant.id)
    const look = () => document.visibilityState === 'visible' && refreshUnfinished(tenant.id)
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [tenant.id])
  // Where one is the page itself, it is not said twice.
  const shown = sendings.filter(({ id }) => id !== (search as { sending?: string }).sending)
  if (shown.length + unfinished.length === 0) return null
  return (
    <section
      id="outbox"
      aria-label="Transfers"
      className="sticky bottom-[calc(57px+env(safe-area-inset-bottom))] z-20 max-h-[40dvh] overflow-y-auto border-t border-line bg-raised md:bottom-0"
    >
      <ul className="mx-auto flex max-w-[1240px] flex-col divide-y divide-line px-4 sm:px-6 md:px-8">
        {shown.map(sending => (
          <OutboxLine key={sending.id} sending={sending} />
        ))}
        {unfinished.map(record => (
          <UnfinishedLine key={record.key} record={record} tenantId={tenant.id} />
        ))}
      </ul>
    </section>
  )
}

const isOf = ({ file }: Sending, record: Unfinished) =>
  file.name === record.file.name && file.size === record.file.size && file.lastModified === record.file.lastModified

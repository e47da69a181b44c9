import { useEffect, useState } from 'react'
import { useLine } from '../live/live.ts'

/** Milliseconds that a broken line may last before it is worth a word. */
const PATIENCE = 3000

/** Says when what is shown may be old: the device is offline, or the server does not answer. Over the page, so nothing moves. */
export function Connection() {
  const isOnline = useOnline()
  const line = useLine()
  const [isLate, setLate] = useState(false)
  useEffect(() => {
    if (line === 'live') return setLate(false)
    const timer = setTimeout(() => setLate(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [line])
  const words = !isOnline
    ? 'Offline. Uploads go on, and this page catches up, when the network is back.'
    : isLate
      ? 'The server does not answer. This page catches up when it does.'
      : undefined
  return (
    <div role="status" className="pointer-events-none sticky top-0 z-40 h-0">
      {words && (
        <p className="mx-auto mt-2 w-fit rounded-md bg-needs-well px-3 py-1.5 text-sm text-needs shadow-above">
          {words}
        </p>
      )}
    </div>
  )
}

function useOnline(): boolean {
  const [isOnline, setOnline] = useState(navigator.onLine)
  useEffect(() => {
    const read = () => setOnline(navigator.onLine)
    addEventListener('online', read)
    addEventListener('offline', read)
    return () => {
      removeEventListener('online', read)
      removeEventListener('offline', read)
    }
  }, [])
  return isOnline
}

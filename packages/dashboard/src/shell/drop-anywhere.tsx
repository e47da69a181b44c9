import { useNavigate } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { offerFile } from '../data/offered-file.ts'
import { MAY_NOT_SEND } from '../data/roles.ts'
import { useMay } from '../session/session.ts'

/** A file that is dropped or pasted on any page opens the new upload with it. */
export function DropAnywhere() {
  const [isOver, setOver] = useState(false)
  const navigate = useNavigate()
  const maySend = useMay('member')
  useEffect(() => {
    const take = (file: File | undefined) => {
      if (!file || !maySend) return
      offerFile(file)
      navigate({ to: '/new' })
    }
    const hasFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const over = (event: DragEvent) => {
      if (!hasFile(event)) return
      event.preventDefault()
      setOver(true)
    }
    const out = (event: DragEvent) => event.relatedTarget === null && setOver(false)
    const drop = (event: DragEvent) => {
      setOver(false)
      if (event.defaultPrevented || !hasFile(event)) return
      event.preventDefault()
      take(event.dataTransfer?.files[0])
    }
    const paste = (event: ClipboardEvent) =>
      take([...(event.clipboardData?.files ?? [])].find(file => file.type.startsWith('video/')))
    addEventListener('dragover', over)
    addEventListener('dragleave', out)
    addEventListener('drop', drop)
    addEventListener('paste', paste)
    return () => {
      removeEventListener('dragover', over)
      removeEventListener('dragleave', out)
      removeEventListener('drop', drop)
      removeEventListener('paste', paste)
    }
  }, [navigate, maySend])
  if (!isOver) return null
  return (
    <div className="pointer-events-none fixed inset-3 z-50 flex items-center justify-center rounded-lg border-2 border-dashed border-act bg-act-well/85">
      <p className="px-4 text-xl font-semibold text-act">{maySend ? 'Drop the video to send it' : MAY_NOT_SEND}</p>
    </div>
  )
}

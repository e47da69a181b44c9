import { type PointerEvent, useState } from 'react'
import type { Upload } from '../../data/uploads.ts'
import { followPointer } from './drag.ts'

/** What is lifted, and the day above which it is. */
export interface Lifted {
  readonly upload: Upload
  readonly over: string | undefined
}

export function useDrag(onDrop: (upload: Upload, day: string) => void) {
  const [lifted, setLifted] = useState<Lifted>()
  function lift({ nativeEvent, currentTarget, button, isPrimary }: PointerEvent<HTMLElement>, upload: Upload) {
    if (button !== 0 || !isPrimary) return
    followPointer(nativeEvent, currentTarget, {
      onLift: () => setLifted({ upload, over: undefined }),
      onOver: over => setLifted({ upload, over }),
      onDrop: day => {
        setLifted(undefined)
        if (day !== undefined) onDrop(upload, day)
      }
    })
  }
  return { lifted, lift }
}

import { Link } from '@tanstack/react-router'
import { memo } from 'react'
import { shownTime, stateOfUpload } from '../../data/states.ts'
import type { Upload } from '../../data/uploads.ts'
import { StateMark } from '../../ui/state.tsx'
import { TargetMarks } from '../../ui/target-marks.tsx'
import { Time } from '../../ui/time.tsx'

/** One upload. The whole line leads to it. Lines that are not in sight are not drawn. */
export const Line = memo(function Line({ upload, zone }: { readonly upload: Upload; readonly zone: string }) {
  const isSandbox = upload.accounts.every(({ sandbox }) => sandbox)
  return (
    <li className="relative border-b border-line [contain-intrinsic-size:auto_44px] [content-visibility:auto]">
      {isSandbox && <span aria-hidden className="striped absolute inset-y-0 left-0 w-1" />}
      <Link
        to="/uploads/$uploadId"
        params={{ uploadId: upload.uploadId }}
        data-line
        className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 py-2.5 pr-2 pl-3 -outline-offset-2 hover:bg-well md:grid-cols-[116px_minmax(0,1fr)_auto_176px]"
      >
        <span className="order-2 flex text-sm md:order-none md:text-base">
          <StateMark state={stateOfUpload(upload)} />
        </span>
        <span
          dir="auto"
          className="order-1 col-span-2 truncate text-left font-medium md:col-span-1 md:order-none md:font-normal"
        >
          {upload.title}
        </span>
        <span className="order-4 col-span-2 md:order-none md:col-span-1">
          <TargetMarks targets={upload.accounts} />
          {isSandbox && <span className="sr-only">Sandbox</span>}
        </span>
        <span className="order-3 text-right text-sm text-soft md:order-none">
          <Time value={shownTime(upload)} zone={zone} />
        </span>
      </Link>
    </li>
  )
})

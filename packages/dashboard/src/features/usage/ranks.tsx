import { type ReactNode, useState } from 'react'
import { Button } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { figure, sumOf, type Units } from './api.ts'

export interface Rank extends Units {
  readonly key: string
  readonly name: ReactNode
}

/** As many fit a look. */
const FEW = 8

/** Who took how many, most first, each with a bar against the first. */
export function Ranks({
  title,
  of,
  ranks
}: {
  readonly title: string
  readonly of: string
  readonly ranks: readonly Rank[]
}) {
  const [isOpen, setOpen] = useState(false)
  const most = Math.max(1, ...ranks.map(sumOf))
  const shown = isOpen ? ranks : ranks.slice(0, FEW)
  return (
    <section className="flex min-w-0 flex-col gap-1">
      <table className="w-full table-fixed">
        <caption className="pb-1 text-left text-base font-semibold">{title}</caption>
        <thead className="text-left text-sm text-soft">
          <tr className="border-b border-line">
            <th className="py-1 font-normal">{of}</th>
            <th className="w-14 py-1 text-right font-normal sm:w-20">Used</th>
            <th className="w-18 py-1 text-right font-normal sm:w-20">Reserved</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, name, used, reserved }) => (
            <tr key={key} className="border-b border-line align-top">
              <th scope="row" className="py-2 text-left font-normal">
                {name}
                <span aria-hidden className="mt-1.5 flex h-1 w-full gap-px">
                  <span className="rounded-full bg-ink" style={{ width: `${(used / most) * 100}%` }} />
                  <span className="rounded-full bg-edge" style={{ width: `${(reserved / most) * 100}%` }} />
                </span>
              </th>
              <td className="py-2 text-right">{figure(used)}</td>
              <td className="py-2 text-right">{figure(reserved)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {ranks.length > FEW && (
        <div className="mt-1">
          <Button size="small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {isOpen ? 'Show fewer' : `Show ${plural(ranks.length - FEW, 'more row')}`}
          </Button>
        </div>
      )}
    </section>
  )
}

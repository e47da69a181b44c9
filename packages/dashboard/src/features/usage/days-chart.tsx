import { plural } from '../../ui/format.ts'
import { dayWords, figure, monthWords, sumOf, type UsageOf } from './api.ts'

const HEIGHT = 148
/** Room under the bars for the days, in pixels. */
const FOOT = 20

/** A round number not under `most`, with a half that is whole. */
function ceilingOf(most: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, most))))
  return [2, 4, 6, 10].map(each => each * step).find(each => each >= most) ?? 10 * step
}

/** A bar for each day: used below, reserved on it. Everything it says stands in the table under it as well. */
export function DaysChart({ usage: { days, month } }: { readonly usage: UsageOf }) {
  const most = Math.max(0, ...days.map(sumOf))
  const top = ceilingOf(most)
  const wide = 100 / days.length
  const y = (value: number) => HEIGHT - (value / top) * (HEIGHT - 14)
  const today = new Date().toISOString().slice(0, 10)
  const busiest = days.find(day => sumOf(day) === most)
  return (
    <div className="flex gap-2">
      <div aria-hidden className="relative min-w-5 text-right text-xs text-soft" style={{ height: HEIGHT }}>
        <span className="invisible">{figure(top)}</span>
        {[top, top / 2, 0].map(value => (
          <span key={value} className="absolute right-0 -translate-y-1/2" style={{ top: y(value) }}>
            {figure(value)}
          </span>
        ))}
      </div>
      <svg
        role="img"
        aria-label={
          most === 0
            ? `No post was taken in ${monthWords(month)}.`
            : `Posts a day in ${monthWords(month)}: most on ${dayWords(busiest?.date ?? '')}, ${figure(most)}.`
        }
        height={HEIGHT + FOOT}
        className="min-w-0 flex-1 overflow-visible"
      >
        {[top, top / 2, 0].map(value => (
          <line key={value} x1="0" x2="100%" y1={y(value)} y2={y(value)} className="stroke-line" />
        ))}
        {days.map(({ date, used, reserved }, index) => {
          const left = index * wide
          const bar = { x: `${left + wide * 0.16}%`, width: `${wide * 0.68}%` }
          const isTold = date === today || (index % 7 === 0 && !isBeside(days, index, today))
          return (
            <g key={date} className="group">
              {used > 0 && <rect {...bar} y={y(used)} height={HEIGHT - y(used)} rx="1.5" className="fill-ink" />}
              {reserved > 0 && (
                <rect
                  {...bar}
                  y={y(used + reserved)}
                  height={Math.max(1, y(used) - y(used + reserved) - (used > 0 ? 1 : 0))}
                  rx="1.5"
                  className="fill-edge"
                />
              )}
              <rect
                x={`${left}%`}
                width={`${wide}%`}
                y="0"
                height={HEIGHT}
                className="fill-transparent hover:fill-ink/6"
              >
                <title>{`${dayWords(date)}: ${plural(used, 'post')} used, ${figure(reserved)} reserved`}</title>
              </rect>
              {isTold && (
                <text
                  x={`${left + wide / 2}%`}
                  y={HEIGHT + 15}
                  textAnchor="middle"
                  className={`text-xs ${date === today ? 'fill-ink font-semibold' : 'fill-soft'}`}
                >
                  {Number(date.slice(8))}
                </text>
              )}
            </g>
          )
        })}
      </svg>
    </div>
  )
}

/** Two numbers on neighbouring days would touch: today's stays. */
const isBeside = (days: UsageOf['days'], index: number, today: string): boolean =>
  [index - 1, index + 1].some(each => days[each]?.date === today)

/** The chart in figures, for those who would rather read. Days on which nothing was taken are left out. */
export function DaysTable({ days }: { readonly days: UsageOf['days'] }) {
  const busy = days.filter(day => sumOf(day) > 0)
  if (busy.length === 0) return null
  return (
    <details>
      <summary className="w-fit rounded-sm text-sm text-soft hover:text-ink">The same in figures</summary>
      <table className="mt-2 w-full max-w-[420px]">
        <thead className="text-left text-sm text-soft">
          <tr className="border-b border-line">
            <th className="py-1 font-normal">Day, UTC</th>
            <th className="py-1 text-right font-normal">Used</th>
            <th className="py-1 text-right font-normal">Reserved</th>
          </tr>
        </thead>
        <tbody>
          {busy.map(({ date, used, reserved }) => (
            <tr key={date} className="border-b border-line">
              <th scope="row" className="py-1 text-left font-normal">
                {dayWords(date)}
              </th>
              <td className="py-1 text-right">{figure(used)}</td>
              <td className="py-1 text-right">{figure(reserved)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

import type { Played } from './run.ts'

const COLUMNS = [
  'planned',
  'played',
  'posts',
  'duplicates',
  'lost',
  'stuck',
  'unknown',
  're-sent MB',
  'take-over s',
  'seen after s'
] as const

/** The table at the end: a line for each group, and one for all of them. */
export function printTable(planned: readonly { readonly group: string }[], played: readonly Played[]): string {
  const groups = Map.groupBy(planned, ({ group }) => group)
  const lines = [...groups.keys()].sort().map(group => [
    group,
    ...figures(
      groups.get(group) ?? [],
      played.filter(each => each.group === group)
    )
  ])
  const all = [['', ...COLUMNS], ...lines, ['all', ...figures(planned, played)]]
  const widths = all[0]?.map((_, column) => Math.max(...all.map(line => line[column]?.length ?? 0))) ?? []
  return all
    .map(line =>
      line.map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0))).join('  ')
    )
    .join('\n')
}

function figures(planned: readonly unknown[], played: readonly Played[]): string[] {
  const sum = (of: 'posts' | 'duplicates' | 'lost' | 'stuck' | 'unknown') =>
    String(played.reduce((total, { outcome }) => total + outcome[of], 0))
  const resent = played.flatMap(({ outcome }) => outcome.resent ?? [])
  const all = (of: 'takeOver' | 'seenAfter') => spread(played.flatMap(({ outcome }) => outcome[of] ?? []))
  return [
    String(planned.length),
    String(played.length),
    sum('posts'),
    sum('duplicates'),
    sum('lost'),
    sum('stuck'),
    sum('unknown'),
    resent.length === 0 ? '–' : (Math.max(...resent) / 1e6).toFixed(1),
    all('takeOver'),
    all('seenAfter')
  ]
}

/** The one in the middle and the greatest. */
function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b)
  const [middle, most] = [sorted[sorted.length >> 1], sorted.at(-1)]
  return middle === undefined || most === undefined ? '–' : `${middle.toFixed(1)} / ${most.toFixed(1)}`
}

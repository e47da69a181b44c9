import type { Mutation } from './mutations.ts'
import type { Figures } from './simulate.ts'

export const HEADINGS =
  'shape        histories  doubles  lost  silent  cancel broken  uploaded  canceled   failed  unknown  leases taken (early)'

export function formatFigures(name: string, f: Figures): string {
  const share = (n: number) => `${((100 * n) / f.deliveries).toFixed(1)} %`
  const { violations: v, stats } = f
  return [
    name.padEnd(12),
    String(f.histories).padStart(9),
    String(v.double).padStart(8),
    String(v.lost).padStart(5),
    String(v.silent).padStart(7),
    String(v.cancel).padStart(14),
    share(f.uploaded).padStart(9),
    share(f.canceled).padStart(9),
    share(f.failed).padStart(8),
    share(f.unknown).padStart(8),
    `${stats.takenOver} (${stats.takenEarly})`.padStart(22)
  ].join(' ')
}

export function formatMutation({ rule, name }: Mutation, { histories, violations: v }: Figures): string {
  const found = [
    [v.double, 'doubles'],
    [v.lost, 'lost'],
    [v.silent, 'silent'],
    [v.cancel, 'cancels broken']
  ] as const
  const shown = found.flatMap(([n, word]) => (n > 0 ? [`${n} ${word}`] : [])).join(', ')
  return `without ${rule.padEnd(3)} ${name.padEnd(56)} ${shown || 'nothing'} in ${histories} histories`
}

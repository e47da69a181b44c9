import type { Change } from '../../data/change-uploads.ts'
import type { Draft } from '../../description/draft.ts'
import type { Values } from '../../form/schema.ts'

/** What is written now, as a merge patch (RFC 7396) of what was sent: nothing that stayed as it was. */
export function changesOf(before: Draft, after: Draft, zone: string): Change {
  const time = after.at === '' ? { scheduledOn: null } : { scheduledOn: `${after.at}:00`, timezone: zone }
  return {
    ...difference(wordsOf(before), wordsOf(after)),
    ...difference(before.options, after.options),
    ...difference({ accountOptions: before.own }, { accountOptions: after.own }),
    ...(after.at === before.at ? {} : time)
  } as Change
}

const wordsOf = ({ title, description }: Draft): Values => ({
  title: title.trim(),
  ...(description.trim() === '' ? {} : { description: description.trim() })
})

/** What became empty is taken away as a whole: options that say nothing are not the same as no options. */
function difference(before: Values, after: Values): Values {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  const patch: Record<string, unknown> = {}
  for (const name of names) {
    const [was, is] = [before[name], after[name]]
    if (isNothing(is)) {
      if (!isNothing(was)) patch[name] = null
    } else if (isObject(is)) {
      const inside = difference(isObject(was) ? was : {}, is)
      if (Object.keys(inside).length > 0) patch[name] = inside
    } else if (JSON.stringify(was) !== JSON.stringify(is)) {
      patch[name] = is
    }
  }
  return patch
}

const isObject = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isNothing = (value: unknown): boolean =>
  value === undefined || (isObject(value) && Object.keys(value).length === 0)

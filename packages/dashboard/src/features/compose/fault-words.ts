import type { Platform } from '../../data/accounts.ts'
import { fieldsOf, labelOf, type Schema } from '../../form/schema.ts'
import type { Fault } from './check.ts'
import { faultWords } from './rules.ts'

/** The option that a fault is about: of `youtube.tags[0]` and of `accountOptions.<id>.tags[0]` it is `tags`. */
export function optionOf({ path }: Fault, platform: string, accountId: string): string | undefined {
  const prefix = [`${platform}.`, `accountOptions.${accountId}.`].find(each => path.startsWith(each))
  return prefix && path.slice(prefix.length).split(/[.[]/)[0]
}

/** Something is still to be chosen; nothing was done wrong. */
export const isMissing = ({ code }: Fault): boolean => code === 'required'

/** One sentence for one fault, with the name of the option in question. */
export function sentenceOf(fault: Fault, accountId: string, platform: Platform | undefined): string {
  const words = faultWords(fault, platform?.title.unit)
  const name = platform && optionOf(fault, platform.id, accountId)
  const field = fieldsOf((platform?.options ?? {}) as Schema).find(each => each.name === name)
  if (!name || !field) return words
  const label = labelOf(name, field.schema)
  return isMissing(fault) ? `Choose: ${label.charAt(0).toLowerCase()}${label.slice(1)}.` : `${label}: ${words}`
}

/** By path, as forms read them. */
export const wordsByPath = (faults: readonly Fault[]): Record<string, string> =>
  Object.fromEntries(faults.map(fault => [fault.path, isMissing(fault) ? 'Needs a choice.' : faultWords(fault)]))

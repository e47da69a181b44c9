import type { Platform } from '../data/accounts.ts'
import { fieldsOf, labelOf, type Schema } from '../form/schema.ts'
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
function sentenceOf(fault: Fault, accountId: string, platform: Platform | undefined): string {
  const words = faultWords(fault, platform?.title.unit)
  const name = platform && optionOf(fault, platform.id, accountId)
  const field = fieldsOf((platform?.options ?? {}) as Schema).find(each => each.name === name)
  if (!name || !field) return words
  const label = labelOf(name, field.schema)
  if (!isMissing(fault)) return `${label}: ${words}`
  return fault.path.endsWith(name)
    ? `Choose: ${label.charAt(0).toLowerCase()}${label.slice(1)}.`
    : `${label}: something is missing.`
}

/** A container that is not taken is reason enough: what is in it would be encoded anew with it. */
const FOLLOWS = ['content_type', 'video_codec', 'audio_codec']

/** Why not, each reason once. */
export function reasonsOf(faults: readonly Fault[], accountId: string, platform: Platform | undefined) {
  const isOther = faults.some(({ path, code }) => path === 'file' && code === 'container')
  const told = faults.filter(({ path, code }) => !(isOther && path === 'file' && FOLLOWS.includes(code)))
  const reasons = told.map(fault => ({ isMissing: isMissing(fault), words: sentenceOf(fault, accountId, platform) }))
  return reasons.filter(({ words }, index) => reasons.findIndex(other => other.words === words) === index)
}

/** By path, as forms read them. */
export const wordsByPath = (faults: readonly Fault[]): Record<string, string> =>
  Object.fromEntries(faults.map(fault => [fault.path, isMissing(fault) ? 'Needs a choice.' : faultWords(fault)]))

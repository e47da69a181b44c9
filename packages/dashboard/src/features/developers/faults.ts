import { labelOf, type Schema, type Values } from '../../form/schema.ts'

/** What is switched on, by kind: a list of rules, or one value. */
export type Faults = Values

/** One kind of fault. `rule`: it is told by rules, each of which hits some calls and is used up. */
export interface FaultKind {
  readonly name: string
  readonly title: string
  readonly description: string | undefined
  readonly schema: Schema
  readonly rule: Schema | undefined
}

/** The kinds that a sandbox's JSON Schema knows, in its own order. */
export const kindsOf = (schema: Schema): FaultKind[] =>
  Object.entries(schema.properties ?? {}).map(([name, each]) => {
    const rule = ruleOf(each)
    return {
      name,
      title: labelOf(name, each),
      // What it says of short forms is for those who write JSON.
      description: rule ? undefined : each.description,
      schema: each,
      rule
    }
  })

/** A fault of rules takes one or a list of them. */
function ruleOf(schema: Schema): Schema | undefined {
  return leavesOf(schema).find(({ type, items }) => type === 'array' && items?.type === 'object')?.items
}

const leavesOf = (schema: Schema): readonly Schema[] => schema.anyOf?.flatMap(leavesOf) ?? [schema]

/** The calls that a rule may name. */
export const callsOf = (rule: Schema | undefined): readonly string[] =>
  leavesOf(rule?.properties?.at ?? {})
    .find(leaf => leaf.enum)
    ?.enum?.map(String) ?? []

/** With one more rule, or another value. */
export function withFault(faults: Faults, { name, rule }: FaultKind, value: unknown): Faults {
  return { ...faults, [name]: rule ? [...rulesOf(faults[name]), value] : value }
}

/** Without the n-th rule of a kind, or without its value. */
export function withoutFault(faults: Faults, name: string, index: number): Faults {
  const { [name]: gone, ...rest } = faults
  const kept = Array.isArray(gone) ? gone.filter((_, at) => at !== index) : []
  return kept.length > 0 ? { ...rest, [name]: kept } : rest
}

const rulesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export interface FaultOn {
  readonly kind: FaultKind
  readonly index: number
  readonly words: string
}

/** What is on, one line for each rule. */
export function faultsOn(kinds: readonly FaultKind[], faults: Faults): FaultOn[] {
  return kinds.flatMap(kind => {
    const value = faults[kind.name]
    if (value === undefined) return []
    if (!kind.rule) {
      const words = value === true ? 'until it is turned off' : valueWords(value, kind.schema)
      return [{ kind, index: 0, words }]
    }
    return rulesOf(value).map((rule, index) => ({ kind, index, words: ruleWords(rule as Values, kind.rule as Schema) }))
  })
}

/** So many times stand for "until it is turned off". */
const ENDLESS = 10_000

/** `the next 5 chunk calls · after 2 more · Retry-After, in seconds: 60`. */
function ruleWords({ at, times = 1, after = 0, ...rest }: Values, rule: Schema): string {
  const calls = [at ?? 'any'].flat().filter(each => each !== 'any')
  const call = [...(calls.length > 0 ? [calls.join(' or ')] : []), 'call'].join(' ')
  const count = Number(times)
  const often = count >= ENDLESS ? `every ${call}` : count === 1 ? `the next ${call}` : `the next ${count} ${call}s`
  const first = Number(after) > 0 ? [`after ${Number(after)} more`] : []
  const others = Object.entries(rest)
    .filter(([name, value]) => value !== rule.properties?.[name]?.default)
    .map(([name, value]) => valueWords({ [name]: value }, rule))
  return [often, ...first, ...others].join(' · ')
}

/** By the titles of the schema, which forms show too. */
function valueWords(value: unknown, schema: Schema): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.map(each => valueWords(each, schema.items ?? {})).join(', ') || 'none'
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, each]) => {
        const field = schema.properties?.[name] ?? {}
        return `${labelOf(name, field)}: ${valueWords(each, field)}`
      })
      .join(' · ')
  return String(value)
}

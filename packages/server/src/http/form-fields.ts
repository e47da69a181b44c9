import { problem } from './problem.ts'

export interface Field {
  readonly name: string
  readonly value: string
}

/** How the text of a field is to be read, by its path (`['youtube', 'madeForKids']`). Undefined: by its looks. */
export type KindOf = (path: readonly string[]) => 'text' | 'number' | 'boolean' | 'json' | undefined

type Node = { [name: string]: unknown }

const MAX_DEPTH = 6
/** Prose, which may begin with a brace without being JSON. */
const TEXTS = new Set(['title', 'description', 'scheduledOn', 'timezone'])
const NAME = /^([^[\]]+)((?:\[[^[\]]*\])*)$/

/**
 * A form's fields in the shape of the JSON body. `accounts` may repeat, be a JSON array or comma-separated; an object is
 * a JSON string or bracketed (`youtube[categoryId]=22`, `youtube[tags][]=a`). Anything else that repeats becomes an
 * array, and what is unknown stays in: refusing is for the validation, which knows the schema and names the field.
 */
export function fieldsToObject(fields: readonly Field[], kindOf: KindOf = () => undefined): Node {
  const root: Node = {}
  for (const { name, value } of fields) {
    const path = parseName(name)
    if (path[0] === 'accounts' && (path.length === 1 || (path.length === 2 && path[1] === ''))) {
      root.accounts = [...((root.accounts as unknown[]) ?? []), ...readAccounts(value)]
    } else {
      place(root, path, readValue(path, value, kindOf))
    }
  }
  return root
}

function parseName(name: string): string[] {
  const [, head, brackets = ''] = NAME.exec(name) ?? []
  // A name that is not bracketed after all stays whole, for the validation to refuse.
  const path =
    head === undefined ? [name] : [head, ...[...brackets.matchAll(/\[([^[\]]*)\]/g)].map(match => match[1] ?? '')]
  if (path.length > MAX_DEPTH) throw problem('malformed_form', `The field "${name}" is nested too deeply.`)
  path.forEach(refuseUnsafe)
  return path
}

function refuseUnsafe(key: string): void {
  if (key === '__proto__') throw problem('malformed_form', 'No field may be named __proto__.')
}

function readAccounts(value: string): unknown[] {
  const parsed = value.trim().startsWith('[') ? parseJson(value) : undefined
  if (Array.isArray(parsed)) return parsed
  return value
    .split(',')
    .map(id => id.trim())
    .filter(id => id !== '')
}

function readValue(path: readonly string[], value: string, kindOf: KindOf): unknown {
  const kind = kindOf(path) ?? (TEXTS.has(path.at(-1) ?? '') || !/^\s*[[{]/.test(value) ? 'text' : 'json')
  if (kind === 'json') return parseJson(value) ?? value
  if (kind === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  if (kind === 'number' && /^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return value
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value) => {
      refuseUnsafe(key)
      return value
    })
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value)

function place(root: Node, path: readonly string[], value: unknown): void {
  let node = root
  const isAppended = path.at(-1) === '' && path.length > 1
  const keys = isAppended ? path.slice(0, -1) : path
  for (const key of keys.slice(0, -1)) {
    const inner = Object.hasOwn(node, key) ? node[key] : {}
    if (!isNode(inner)) throw problem('malformed_form', `The field "${path[0]}" is given both as text and in brackets.`)
    node[key] = inner
    node = inner
  }
  const last = keys.at(-1) ?? ''
  const present = Object.hasOwn(node, last) ? node[last] : undefined
  if (isNode(present) && isNode(value)) Object.assign(present, value)
  else if (present !== undefined) node[last] = [...(Array.isArray(present) ? present : [present]), value]
  else node[last] = isAppended ? [value] : value
}

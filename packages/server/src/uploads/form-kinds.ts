import type { Connector } from '@upload24/connectors'
import { z } from 'zod'
import type { KindOf } from '../http/form-fields.ts'

interface Schema {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

/** How the text of a form's field is read, from the schema of each platform's options: `youtube[madeForKids]=true` is a boolean. */
export function formKinds(connectors: Readonly<Record<string, Connector>>): KindOf {
  const schemas = new Map(
    Object.values(connectors).map(connector => [
      connector.id,
      z.toJSONSchema(connector.options, { io: 'input', unrepresentable: 'any' }) as Schema
    ])
  )
  return path => {
    const [head, ...rest] = path
    if (head === 'accountOptions') return kindInAny([...schemas.values()], rest.slice(1))
    const schema = head === undefined ? undefined : schemas.get(head)
    return schema && rest.length > 0 ? kindOf(schema, rest) : undefined
  }
}

/** The platform of an account is not known from its id: the first schema that has the option tells. */
function kindInAny(schemas: readonly Schema[], path: readonly string[]) {
  if (path.length === 0 || path[0] === 'title' || path[0] === 'description') return undefined
  return schemas.map(schema => kindOf(schema, path)).find(kind => kind !== undefined)
}

function kindOf(schema: Schema, path: readonly string[]): ReturnType<KindOf> {
  const [name, ...rest] = path
  if (name === undefined) return kinds[schema.type ?? '']
  const inner = name === '' || /^\d+$/.test(name) ? schema.items : schema.properties?.[name]
  return inner && kindOf(inner, rest)
}

const kinds: Readonly<Record<string, ReturnType<KindOf>>> = {
  string: 'text',
  number: 'number',
  integer: 'number',
  boolean: 'boolean',
  object: 'json',
  array: 'json'
}

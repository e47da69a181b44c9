import type { Connector } from '@upload24/connectors'
import { z } from 'zod'

type Schema = Record<string, unknown>

/** As it is sent: fields with a default may be left out. */
export const jsonSchema = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input' }) as Schema

const known = new WeakMap<Connector, Schema>()

/** The options of a platform as a form is drawn from them: see "Forms" in docs/guide/accounts.md for the keywords that are ours. */
export function formOf(connector: Connector): Schema {
  const made = known.get(connector)
  if (made) return made
  const schema = jsonSchema(connector.options)
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(
    ([name, field]) =>
      [name, Object.hasOwn(connector.choices ?? {}, name) ? { ...field, hasChoices: true } : field] as const
  )
  const form = { ...schema, properties: Object.fromEntries(properties) }
  known.set(connector, form)
  return form
}

/** Who sees a post with these options, in the platform's words. Null: it has no such option, or none is chosen. */
export function visibilityOf(connector: Connector, options: Readonly<Record<string, unknown>>): string | null {
  const fields = Object.entries(formOf(connector).properties as Record<string, Schema>)
  const [name = '', field] = fields.find(([, { visibility }]) => visibility === true) ?? []
  const value = options[name]
  if (typeof value !== 'string') return null
  return ((field?.labels ?? {}) as Record<string, string>)[value] ?? value
}

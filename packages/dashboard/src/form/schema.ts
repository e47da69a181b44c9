/** The part of JSON Schema that forms are drawn from, and our own keywords: "Forms" in docs/guide/accounts.md. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly examples?: readonly unknown[]
  readonly format?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly maxItems?: number
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
  /** `file`: the id of an uploaded file. `language`: a BCP 47 tag. `textarea`: more than a line. `password`: not shown while it is typed. */
  readonly widget?: string
  /** Which files, as an `<input type=file>` takes it. */
  readonly accept?: string
  /** Words for the values of `enum`. */
  readonly labels?: Readonly<Record<string, string>>
  /** Its values are known to the account alone. */
  readonly hasChoices?: boolean
  /** Who sees the post. */
  readonly visibility?: boolean
  /** Rarely wanted. */
  readonly advanced?: boolean
}

export type Values = Readonly<Record<string, unknown>>

/** What an account says of an option of its own. */
export interface FieldFacts {
  /** Why it cannot be used. */
  readonly disabled: string | null
  readonly choices: readonly { readonly value: string; readonly label: string }[] | null
  /** Why its choices are not known. */
  readonly error: string | null
}

export interface FieldOf {
  readonly name: string
  readonly schema: Schema
  readonly isRequired: boolean
}

/** The fields of an object's schema, in its own order. */
export function fieldsOf(schema: Schema): FieldOf[] {
  const required = schema.required ?? []
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    schema: plainOf(field),
    isRequired: required.includes(name)
  }))
}

/** Of a choice between a schema and null, the schema. */
function plainOf(schema: Schema): Schema {
  const { anyOf, ...rest } = schema
  const one = anyOf?.find(each => each.type !== 'null')
  return one ? { ...one, ...rest } : schema
}

export const typeOf = ({ type, enum: values }: Schema): string =>
  (Array.isArray(type) ? type.find(each => each !== 'null') : (type as string)) ?? (values ? 'string' : 'object')

/** With one field set; undefined takes it away. */
export function withField(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...rest } = values
  return value === undefined ? rest : { ...rest, [name]: value }
}

/** `categoryId` → `Category id`, for fields without a title. */
export const labelOf = (name: string, { title }: Schema): string => {
  if (title) return title
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1 $2').replace(/[_-]/g, ' ')
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase()
}

/** The words for what is under `prefix`, with paths that begin there: `youtube.tags[0]` → `tags[0]`. */
export function errorsUnder(errors: Readonly<Record<string, string>>, prefix: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(errors)
      .filter(([path]) => path.startsWith(prefix) && /^[.[]/.test(path.slice(prefix.length)))
      .map(([path, words]) => [path.slice(prefix.length).replace(/^\./, ''), words])
  )
}

/** The words for a field, wherever in it the fault is. */
export function errorOf(errors: Readonly<Record<string, string>>, name: string): string | undefined {
  const path = Object.keys(errors).find(
    each => each === name || each.startsWith(`${name}[`) || each.startsWith(`${name}.`)
  )
  return path === undefined ? undefined : errors[path]
}

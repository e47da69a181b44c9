import { ChevronRight } from 'lucide-react'
import type { FormProps } from './form-props.ts'
import { errorOf, errorsUnder, type FieldOf, fieldsOf, type Schema, typeOf, withField } from './schema.ts'
import { SchemaField } from './schema-field.tsx'

/** Any object that a JSON Schema describes. What is rarely wanted is folded, unless it says something or has a fault. */
export function SchemaForm(props: FormProps) {
  const fields = fieldsOf(props.schema)
  const rare = fields.filter(({ schema }) => schema.advanced)
  const isSaid = ({ name }: FieldOf) =>
    props.value[name] !== undefined || errorOf(props.errors ?? {}, name) !== undefined
  return (
    <div className="@container flex flex-col gap-4">
      <Fields {...props} fields={fields.filter(({ schema }) => !schema.advanced)} />
      {rare.length > 0 && (
        <details open={rare.some(isSaid) || undefined} className="group">
          <summary className="flex w-fit list-none items-center gap-1 rounded-sm text-sm text-soft hover:text-ink">
            <ChevronRight size={14} className="transition-transform group-open:rotate-90" />
            {rare.length} more
          </summary>
          <div className="mt-3">
            <Fields {...props} fields={rare} />
          </div>
        </details>
      )}
    </div>
  )
}

function Fields({
  fields,
  value,
  onChange,
  errors = {},
  facts,
  effective,
  isDisabled
}: FormProps & { readonly fields: readonly FieldOf[] }) {
  return (
    <div className="grid gap-x-5 gap-y-3.5 @lg:grid-cols-2">
      {boxesLast(fields).map(({ name, schema, isRequired }) => (
        <div key={name} className={isLong(schema) ? '@lg:col-span-2' : ''}>
          <SchemaField
            Form={SchemaForm}
            name={name}
            schema={schema}
            isRequired={isRequired}
            value={value[name]}
            effective={schema.default ?? effective?.[name]}
            onChange={next => onChange(withField(value, name, next))}
            error={hasFields(schema) ? errors[name] : errorOf(errors, name)}
            errors={errorsUnder(errors, name)}
            facts={facts?.[name]}
            isDisabled={isDisabled ?? false}
          />
        </div>
      ))}
    </div>
  )
}

/** What is wrong in it stands at the fields in it. */
const hasFields = (schema: Schema) =>
  typeOf(schema) === 'object' || typeOf(schema.items ?? { type: 'string' }) === 'object'

/** Boxes have no label above them: beside other fields they would not stand on one line. */
const boxesLast = (fields: readonly FieldOf[]) => fields.toSorted((one, other) => isBox(one) - isBox(other))
const isBox = ({ schema }: FieldOf): number => (typeOf(schema) === 'boolean' ? 1 : 0)

const isLong = ({ type, widget }: Schema) => type === 'array' || type === 'object' || widget === 'textarea'

import { CheckField, SelectField, TextAreaField, TextField } from '../ui/field.tsx'
import { ChipsField } from './chips-field.tsx'
import { DateTimeField } from './date-time-field.tsx'
import { FileField } from './file-field.tsx'
import type { FormInside } from './form-props.ts'
import { LanguageField } from './language-field.tsx'
import { ListField } from './list-field.tsx'
import { type FieldFacts, labelOf, type Schema, typeOf, type Values } from './schema.ts'

export interface SchemaFieldProps {
  readonly Form: FormInside
  readonly name: string
  readonly schema: Schema
  readonly isRequired: boolean
  readonly value: unknown
  /** What holds while nothing is said. */
  readonly effective: unknown
  readonly onChange: (value: unknown) => void
  readonly error: string | undefined
  /** Of what is inside. */
  readonly errors: Readonly<Record<string, string>>
  readonly facts: FieldFacts | undefined
  readonly isDisabled: boolean
}

/** One field, drawn by its type. An empty one says nothing. */
export function SchemaField(props: SchemaFieldProps) {
  const { Form, name, schema, value, onChange, facts } = props
  const label = labelOf(name, schema)
  const disabled = props.isDisabled || Boolean(facts?.disabled)
  const around = { label, hint: facts?.disabled ?? facts?.error ?? schema.description, error: props.error, disabled }
  const type = typeOf(schema)
  if (facts?.choices || schema.enum) return <ChoiceField {...props} around={around} />
  if (schema.widget === 'language')
    return (
      <LanguageField
        {...around}
        hint={facts?.disabled ?? undefined}
        value={value as string | undefined}
        isRequired={props.isRequired}
        onChange={onChange}
      />
    )
  if (schema.widget === 'file')
    return <FileField {...around} accept={schema.accept} value={value as string | undefined} onChange={onChange} />
  if (type === 'boolean') return <YesNoField {...props} around={around} />
  if (type === 'integer' || type === 'number') return <NumberField {...props} around={around} />
  if (schema.format === 'date-time')
    return <DateTimeField {...around} value={value as string | undefined} onChange={onChange} />
  if (type === 'array' && typeOf(schema.items ?? {}) === 'object')
    return <ListField {...props} label={label} isDisabled={disabled} />
  if (type === 'array')
    return (
      <ChipsField
        {...around}
        value={(value as string[] | undefined) ?? []}
        onChange={chips => onChange(chips.length > 0 ? chips : undefined)}
        placeholder={exampleOf(schema)}
      />
    )
  if (type === 'object')
    return (
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-2 text-sm font-medium">{label}</legend>
        <Form
          schema={schema}
          value={(value as Values | undefined) ?? {}}
          onChange={next => onChange(Object.keys(next).length > 0 ? next : undefined)}
          errors={props.errors}
          isDisabled={disabled}
        />
      </fieldset>
    )
  const text = {
    ...around,
    value: (value as string | undefined) ?? '',
    placeholder: props.effective === undefined ? exampleOf(schema) : String(props.effective),
    required: props.isRequired,
    onChange: (event: { target: { value: string } }) => onChange(event.target.value || undefined)
  }
  if (schema.widget === 'textarea') return <TextAreaField {...text} rows={2} />
  return <TextField {...text} type={schema.widget === 'password' ? 'password' : 'text'} />
}

type Around = Pick<Parameters<typeof TextField>[0], 'label' | 'hint' | 'error' | 'disabled'>
type Drawn = SchemaFieldProps & { readonly around: Around }

function ChoiceField({ schema, value, effective, isRequired, facts, onChange, around }: Drawn) {
  const named = (schema.enum ?? []).map(each => ({
    value: String(each),
    label: schema.labels?.[String(each)] ?? String(each)
  }))
  const choices = facts?.choices ?? named
  const shown = value ?? effective
  const isNumber = typeOf(schema) === 'integer' || typeOf(schema) === 'number'
  const read = (text: string) => (text === '' ? undefined : isNumber ? Number(text) : text)
  // What was chosen for another account may not be among them.
  const isStrange = shown !== undefined && !choices.some(choice => choice.value === String(shown))
  return (
    <SelectField
      {...around}
      value={shown === undefined ? '' : String(shown)}
      onChange={event => onChange(read(event.target.value))}
    >
      {effective === undefined && !(isRequired && value !== undefined) && (
        <option value="">{isRequired ? 'Choose…' : 'Not set'}</option>
      )}
      {isStrange && <option value={String(shown)}>{String(shown)}</option>}
      {choices.map(choice => (
        <option key={choice.value} value={choice.value}>
          {choice.label}
        </option>
      ))}
    </SelectField>
  )
}

/** A box: what it is without being touched is not sent. */
function YesNoField({ value, effective, onChange, around: { label, hint, error, disabled } }: Drawn) {
  const untouched = effective === true
  return (
    <CheckField
      label={label}
      hint={error ? <span className="text-failed">{error}</span> : hint}
      disabled={disabled}
      checked={(value ?? untouched) === true}
      onChange={({ target: { checked } }) => onChange(checked === untouched ? undefined : checked)}
    />
  )
}

function NumberField({ schema, value, effective, isRequired, onChange, around }: Drawn) {
  return (
    <TextField
      {...around}
      type="number"
      inputMode="numeric"
      required={isRequired}
      min={schema.minimum}
      max={schema.maximum}
      step={typeOf(schema) === 'integer' ? 1 : 'any'}
      value={value === undefined ? '' : String(value)}
      placeholder={effective === undefined ? exampleOf(schema) : String(effective)}
      onChange={event => onChange(event.target.value === '' ? undefined : Number(event.target.value))}
    />
  )
}

function exampleOf({ examples }: Schema): string | undefined {
  const example = examples?.[0]
  if (example === undefined) return undefined
  return `e.g. ${Array.isArray(example) ? example.join(', ') : String(example)}`
}

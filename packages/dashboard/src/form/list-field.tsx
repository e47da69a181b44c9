import { Plus, Trash2 } from 'lucide-react'
import { Button } from '../ui/button.tsx'
import type { FormInside } from './form-props.ts'
import { errorsUnder, type Schema, type Values } from './schema.ts'

interface Props {
  readonly Form: FormInside
  readonly name: string
  readonly label: string
  readonly schema: Schema
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly error: string | undefined
  readonly errors: Readonly<Record<string, string>>
  readonly isDisabled: boolean
}

/** Several objects of one shape, such as caption tracks. */
export function ListField({ Form, label, schema, value, onChange, error, errors, isDisabled }: Props) {
  const items = (value as readonly Values[] | undefined) ?? []
  const set = (next: readonly Values[]) => onChange(next.length > 0 ? next : undefined)
  const isFull = schema.maxItems !== undefined && items.length >= schema.maxItems
  return (
    <fieldset disabled={isDisabled} className="flex flex-col gap-2">
      <legend className="mb-1 text-sm font-medium">{label}</legend>
      {items.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the items have no other identity.
        <div key={index} className="flex items-start gap-2 border-l-2 border-line pl-3">
          <div className="min-w-0 flex-1">
            <Form
              schema={schema.items ?? {}}
              value={item}
              errors={errorsUnder(errors, `[${index}]`)}
              onChange={next => set(items.map((each, at) => (at === index ? next : each)))}
            />
          </div>
          <Button
            look="quiet"
            size="icon"
            aria-label={`Remove ${label.toLowerCase()} ${index + 1}`}
            icon={<Trash2 size={14} />}
            onClick={() => set(items.filter((_, at) => at !== index))}
          />
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Button size="small" icon={<Plus size={14} />} disabled={isFull} onClick={() => set([...items, {}])}>
          Add {label.toLowerCase()}
        </Button>
        <span className={`text-sm ${error ? 'text-failed' : 'text-soft'}`}>
          {error ?? (isFull ? `At most ${schema.maxItems}.` : schema.description)}
        </span>
      </div>
    </fieldset>
  )
}

import { X } from 'lucide-react'
import { type ComponentProps, type KeyboardEvent, useState } from 'react'
import { Field } from '../ui/field.tsx'

type Around = Omit<ComponentProps<typeof Field>, 'children'>

interface Props extends Around {
  readonly value: readonly string[]
  readonly onChange: (value: string[]) => void
  readonly placeholder: string | undefined
  readonly disabled?: boolean | undefined
}

/** Several short texts. Enter or a comma ends one; Backspace in the empty field takes the last one back. */
export function ChipsField({ value, onChange, placeholder, disabled, ...around }: Props) {
  const [draft, setDraft] = useState('')
  function add(text: string) {
    const chips = text
      .split(',')
      .map(chip => chip.trim())
      .filter(chip => chip !== '' && !value.includes(chip))
    setDraft('')
    if (chips.length > 0) onChange([...value, ...new Set(chips)])
  }
  function press(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Enter' || event.key === ',') {
      event.preventDefault()
      add(draft)
    } else if (event.key === 'Backspace' && draft === '' && value.length > 0) {
      onChange(value.slice(0, -1))
    }
  }
  return (
    <Field {...around}>
      {tie => (
        <div className="flex min-h-8 flex-wrap gap-1 rounded-md border border-edge bg-raised p-1 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-act">
          {value.map(chip => (
            <span key={chip} className="flex max-w-full items-center gap-0.5 rounded-sm bg-well pl-1.5 text-sm">
              <span dir="auto" className="truncate">
                {chip}
              </span>
              <button
                type="button"
                aria-label={`Remove ${chip}`}
                disabled={disabled}
                onClick={() => onChange(value.filter(each => each !== chip))}
                className="rounded-sm p-1 text-soft hover:text-ink"
              >
                <X size={12} />
              </button>
            </span>
          ))}
          <input
            {...tie}
            dir="auto"
            value={draft}
            disabled={disabled}
            placeholder={value.length === 0 ? placeholder : undefined}
            onChange={event => setDraft(event.target.value)}
            onKeyDown={press}
            onPaste={event => {
              const text = event.clipboardData.getData('text')
              if (!text.includes(',')) return
              event.preventDefault()
              add(draft + text)
            }}
            onBlur={() => add(draft)}
            className="h-6 min-w-24 flex-1 bg-transparent px-1.5 outline-none"
          />
        </div>
      )}
    </Field>
  )
}

import { useId } from 'react'

interface Props<V extends string> {
  readonly label: string
  readonly value: V
  readonly choices: Readonly<Record<V, string>>
  readonly onChange: (value: V) => void
}

/** One of a few, side by side. */
export function Choice<V extends string>({ label, value, choices, onChange }: Props<V>) {
  const name = useId()
  return (
    <div
      role="radiogroup"
      aria-label={label}
      className="flex w-fit max-w-full flex-wrap gap-0.5 rounded-md bg-well p-0.5"
    >
      {(Object.keys(choices) as V[]).map(each => (
        <label
          key={each}
          className="cursor-pointer rounded-sm px-2.5 py-1 text-sm text-soft has-checked:bg-raised has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-act"
        >
          <input
            type="radio"
            name={name}
            checked={each === value}
            onChange={() => onChange(each)}
            className="sr-only"
          />
          {choices[each]}
        </label>
      ))}
    </div>
  )
}

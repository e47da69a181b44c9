import {
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId
} from 'react'

export const BOX =
  'w-full rounded-md border border-edge bg-raised px-2.5 text-ink aria-invalid:border-failed disabled:bg-well disabled:text-soft'

interface Around {
  readonly label: ReactNode
  /** A sentence under the field. */
  readonly hint?: ReactNode
  /** What is wrong and what to do; takes the hint's place. */
  readonly error?: string | undefined
  /** Right of the label: a count, a link. */
  readonly aside?: ReactNode
  readonly isLabelHidden?: boolean
}

/** What ties an input to its label and its words, for those who listen to the page. */
interface Tie {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean | undefined
}

export function Field({
  label,
  hint,
  error,
  aside,
  isLabelHidden,
  children
}: Around & { children: (tie: Tie) => ReactNode }) {
  const id = useId()
  const words = error ?? hint
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <div className={isLabelHidden ? 'sr-only' : 'flex items-baseline justify-between gap-3'}>
        <label htmlFor={id} className="text-sm font-medium">
          {label}
        </label>
        {aside && <span className="text-xs text-soft">{aside}</span>}
      </div>
      {children({
        id,
        'aria-describedby': words ? `${id}-words` : undefined,
        'aria-invalid': error !== undefined || undefined
      })}
      {words && (
        <p id={`${id}-words`} className={`text-sm ${error === undefined ? 'text-soft' : 'text-failed'}`}>
          {words}
        </p>
      )}
    </div>
  )
}

const split = <P extends Around>({ label, hint, error, aside, isLabelHidden, ...rest }: P) => ({
  around: { label, hint, error, aside, ...(isLabelHidden === undefined ? {} : { isLabelHidden }) } as Around,
  rest
})

export function TextField(props: Around & InputHTMLAttributes<HTMLInputElement>) {
  const { around, rest } = split(props)
  return (
    <Field {...around}>
      {tie => <input type="text" {...rest} {...tie} className={`${BOX} h-8 ${rest.className ?? ''}`} />}
    </Field>
  )
}

export function TextAreaField(props: Around & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { around, rest } = split(props)
  return (
    <Field {...around}>
      {tie => (
        <textarea
          dir="auto"
          rows={3}
          {...rest}
          {...tie}
          className={`${BOX} field-sizing-content py-1.5 ${rest.className ?? ''}`}
        />
      )}
    </Field>
  )
}

export function SelectField(props: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  const { around, rest } = split(props)
  return (
    <Field {...around}>
      {tie => (
        <select {...rest} {...tie} className={`${BOX} h-8 pr-7 ${rest.className ?? ''}`}>
          {rest.children}
        </select>
      )}
    </Field>
  )
}

/** Label right of the box; the hint under it. */
export function CheckField({
  label,
  hint,
  ...rest
}: Omit<Around, 'aside' | 'error'> & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId()
  return (
    <div className="flex items-start gap-2">
      <input
        type="checkbox"
        {...rest}
        id={id}
        aria-describedby={hint ? `${id}-words` : undefined}
        className="mt-0.5 size-4 shrink-0 accent-act"
      />
      <div className="min-w-0">
        <label htmlFor={id} className={rest.disabled ? 'text-soft' : ''}>
          {label}
        </label>
        {hint && (
          <p id={`${id}-words`} className="text-sm text-soft">
            {hint}
          </p>
        )}
      </div>
    </div>
  )
}

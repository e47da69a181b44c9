import { Eye, EyeOff } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { BOX, Field } from './field.tsx'

/** A password that can be looked at while it is typed. */
export function PasswordField({
  label,
  hint,
  error,
  ...rest
}: Omit<ComponentProps<'input'>, 'type' | 'className'> & Omit<ComponentProps<typeof Field>, 'children'>) {
  const [isShown, setShown] = useState(false)
  const words = isShown ? 'Hide the password' : 'Show the password'
  return (
    <Field label={label} hint={hint} error={error}>
      {tie => (
        <div className="relative">
          <input
            autoCapitalize="off"
            autoCorrect="off"
            spellCheck={false}
            {...rest}
            {...tie}
            type={isShown ? 'text' : 'password'}
            className={`${BOX} h-8 pr-9`}
          />
          <button
            type="button"
            aria-label={words}
            title={words}
            onClick={() => setShown(!isShown)}
            className="absolute inset-y-0 right-0 flex w-8 items-center justify-center rounded-md text-soft hover:text-ink"
          >
            {isShown ? <EyeOff size={16} /> : <Eye size={16} />}
          </button>
        </div>
      )}
    </Field>
  )
}

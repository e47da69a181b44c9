import type { ReactNode } from 'react'
import { SelectField } from '../ui/field.tsx'

interface Props {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly disabled?: boolean | undefined
  readonly isRequired: boolean
  /** A BCP 47 tag. */
  readonly value: string | undefined
  readonly onChange: (value: string | undefined) => void
}

/** What most videos are in; any other tag that is set already stays among them. */
const TAGS =
  'af am ar az be bg bn bs ca cs cy da de el en en-GB en-US es es-419 et eu fa fi fil fr fr-CA ga gl gu he hi hr hu hy id is it ja jv ka kk km kn ko ky lo lt lv mk ml mn mr ms my nb ne nl pa pl ps pt pt-BR ro ru si sk sl so sq sr sv sw ta te th tr uk ur uz vi yue zh-Hans zh-Hant zu'.split(
    ' '
  )

const names = new Intl.DisplayNames(['en'], { type: 'language' })
const nameOf = (tag: string): string => {
  try {
    return names.of(tag) ?? tag
  } catch {
    return tag
  }
}

/** The person's own languages first. */
export function LanguageField({ value, onChange, isRequired, ...around }: Props) {
  const own = [...new Set(navigator.languages)]
  const known = [...new Set([...TAGS, ...(value ? [value] : [])])]
  const others = known
    .filter(tag => !own.includes(tag))
    .toSorted((one, other) => nameOf(one).localeCompare(nameOf(other)))
  return (
    <SelectField {...around} value={value ?? ''} onChange={event => onChange(event.target.value || undefined)}>
      <option value="">{isRequired ? 'Choose…' : 'Not set'}</option>
      {own.map(tag => (
        <option key={tag} value={tag}>
          {nameOf(tag)}
        </option>
      ))}
      <hr />
      {others.map(tag => (
        <option key={tag} value={tag}>
          {nameOf(tag)}
        </option>
      ))}
    </SelectField>
  )
}

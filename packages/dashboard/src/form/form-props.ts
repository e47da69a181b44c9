import type { ComponentType } from 'react'
import type { FieldFacts, Schema, Values } from './schema.ts'

export interface FormProps {
  /** Of an object. */
  readonly schema: Schema
  readonly value: Values
  readonly onChange: (value: Values) => void
  /** Words by path within the object: `tags`, `captions[0].language`. */
  readonly errors?: Readonly<Record<string, string>>
  /** What the account narrows, by field. */
  readonly facts?: Readonly<Record<string, FieldFacts>>
  /** What holds where nothing is said: shown as such, never sent. */
  readonly effective?: Values
  readonly isDisabled?: boolean
}

/** A form inside a field is drawn by what drew the field. */
export type FormInside = ComponentType<FormProps>

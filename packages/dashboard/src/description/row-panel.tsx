import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { platformOf, platformsQuery } from '../data/accounts.ts'
import { errorsUnder, fieldsOf, type Schema, type Values, withField } from '../form/schema.ts'
import { SchemaForm } from '../form/schema-form.tsx'
import { CheckField, TextAreaField } from '../ui/field.tsx'
import { SkeletonLines } from '../ui/skeleton.tsx'
import { accountOptionsQuery } from './api.ts'
import { Choice } from './choice.tsx'
import type { Draft, SetDraft } from './draft.ts'
import { wordsByPath } from './fault-words.ts'
import type { Target } from './fit.ts'

interface Props {
  readonly target: Target
  readonly siblings: number
  readonly draft: Draft
  readonly set: SetDraft
  readonly preview: ReactNode
}

/** What differs on this account, and the options of its platform: for all its accounts, or for this one. */
export function RowPanel({ target: { account, fit }, siblings, draft, set, preview }: Props) {
  const { accountId, platform: platformId } = account
  const { data: platforms } = useQuery(platformsQuery)
  const { data: facts } = useQuery(accountOptionsQuery(accountId))
  const platform = platformOf(platforms, platformId)
  const own = draft.own[accountId] ?? {}
  const { title, description, ...ownOptions } = own
  const [isAlone, setAlone] = useState(Object.keys(ownOptions).length > 0)
  const shared = draft.options[platformId] ?? {}
  const schema = (platform?.options ?? {}) as Schema
  const effective = (fit.answer?.options ?? {}) as Values
  const words = wordsByPath(fit.faults)
  const setOwn = (next: Values) => set(({ own: before }) => ({ own: { ...before, [accountId]: next } }))
  const setShared = (next: Values) =>
    set(({ options }) => ({ options: { ...options, [platformId]: completed(schema, next, effective) } }))
  return (
    <div className="flex flex-col gap-5">
      {preview && <div className="lg:hidden">{preview}</div>}
      <OwnText
        values={{ title, description }}
        draft={draft}
        errors={errorsUnder(words, `accountOptions.${accountId}`)}
        onChange={(name, value) => setOwn(withField(own, name, value))}
      />
      {fieldsOf(schema).length > 0 && (
        <fieldset className="flex flex-col gap-4">
          <legend className="sr-only">{platform?.name} options</legend>
          {siblings > 1 && (
            <Choice
              label="These options are for"
              value={isAlone ? 'one' : 'all'}
              onChange={value => {
                setAlone(value === 'one')
                if (value === 'all')
                  setOwn(
                    Object.fromEntries(
                      Object.entries(own).filter(([name]) => name === 'title' || name === 'description')
                    )
                  )
              }}
              choices={{
                all: `All ${siblings} ${platform?.name} accounts`,
                one: 'This account alone'
              }}
            />
          )}
          {/* What holds where nothing is said is known with the first answer. */}
          {fit.answer ? (
            <SchemaForm
              key={String(isAlone)}
              schema={schema}
              value={isAlone ? { ...shared, ...ownOptions } : shared}
              effective={effective}
              onChange={next => (isAlone ? setOwn({ ...pickText(own), ...differing(next, shared) }) : setShared(next))}
              errors={{ ...errorsUnder(words, platformId), ...errorsUnder(words, `accountOptions.${accountId}`) }}
              facts={facts?.fields ?? {}}
            />
          ) : (
            <SkeletonLines widths={[60, 80, 50]} label="Loading the options" />
          )}
        </fieldset>
      )}
    </div>
  )
}

const pickText = ({ title, description }: Values): Values => ({
  ...(title === undefined ? {} : { title }),
  ...(description === undefined ? {} : { description })
})

const differing = (next: Values, shared: Values): Values =>
  Object.fromEntries(
    Object.entries(next).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(shared[name]))
  )

/** As soon as anything is said, all that is required must be: what holds already is said too, and the person's own language. */
function completed(schema: Schema, next: Values, effective: Values): Values {
  if (Object.keys(next).length === 0) return next
  const known = fieldsOf(schema)
    .filter(({ name, isRequired }) => isRequired && next[name] === undefined)
    .map(({ name, schema: { widget } }) => [
      name,
      effective[name] ?? (widget === 'language' ? navigator.language : undefined)
    ])
    .filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(known), ...next }
}

const TEXTS = ['title', 'description'] as const

function OwnText({
  values,
  draft,
  errors,
  onChange
}: {
  readonly values: Values
  readonly draft: Draft
  readonly errors: Readonly<Record<string, string>>
  readonly onChange: (name: string, value: string | undefined) => void
}) {
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        {TEXTS.map(name => (
          <CheckField
            key={name}
            label={`Another ${name} here`}
            checked={values[name] !== undefined}
            onChange={event => onChange(name, event.target.checked ? draft[name] : undefined)}
          />
        ))}
      </div>
      {TEXTS.filter(name => values[name] !== undefined).map(name => (
        <TextAreaField
          key={name}
          label={name === 'title' ? 'Title here' : 'Description here'}
          rows={1}
          className={name === 'title' ? 'resize-none' : 'min-h-16 resize-none'}
          value={String(values[name])}
          error={errors[name]}
          onChange={event => onChange(name, event.target.value)}
        />
      ))}
    </div>
  )
}

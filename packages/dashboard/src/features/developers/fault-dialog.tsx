import { useState } from 'react'
import type { Sandbox } from '../../data/sandboxes.ts'
import { errorsUnder, type Schema, typeOf, type Values } from '../../form/schema.ts'
import { SchemaForm } from '../../form/schema-form.tsx'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { SelectField } from '../../ui/field.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { useChangeFaults } from './api.ts'
import { type FaultKind, withFault } from './faults.ts'

interface Props {
  readonly sandbox: Sandbox
  readonly kinds: readonly FaultKind[]
  readonly onClose: () => void
}

/** Any fault that the sandbox knows, with all that can be said of it. */
export function FaultDialog({ sandbox, kinds, onClose }: Props) {
  const [name, setName] = useState(kinds[0]?.name ?? '')
  const [value, setValue] = useState<Values>({})
  const change = useChangeFaults(sandbox.platform)
  const kind = kinds.find(each => each.name === name)
  const words = fieldWords(change.error)
  // A switch has nothing to say beyond being turned on.
  const isSwitch = kind !== undefined && !kind.rule && typeOf(kind.schema) === 'boolean'
  const meant = !kind || isSwitch ? true : kind.rule ? value : value[kind.name]

  function turnOn() {
    if (kind) change.mutate(now => withFault(now, kind, meant), { onSuccess: onClose })
  }

  return (
    <Dialog title={`Turn on a fault of the ${sandbox.name} sandbox`} onClose={onClose}>
      <form
        className="flex flex-col gap-4"
        onSubmit={event => {
          event.preventDefault()
          turnOn()
        }}
      >
        <SelectField
          label="Fault"
          hint={kind?.description}
          value={name}
          onChange={event => {
            setName(event.target.value)
            setValue({})
            change.reset()
          }}
        >
          {kinds.map(each => (
            <option key={each.name} value={each.name}>
              {each.title}
            </option>
          ))}
        </SelectField>
        {kind && !isSwitch && (
          <SchemaForm
            key={name}
            schema={kind.rule ? ruleAlone(kind.rule) : fieldAlone(kind)}
            value={value}
            onChange={setValue}
            errors={kind.rule ? ruleErrors(words, name) : words}
            effective={kind.rule?.properties?.at ? { at: 'any' } : {}}
          />
        )}
        {change.error && <Problem error={change.error} />}
        <DialogActions>
          <Button onClick={onClose}>Close</Button>
          <Button look="main" type="submit" isBusy={change.isPending} disabled={meant === undefined}>
            Turn the fault on
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  )
}

/** Its title and description stand above already. */
function fieldAlone({ name, schema: { description: _, ...schema } }: FaultKind) {
  return { type: 'object', properties: { [name]: { ...schema, title: 'Value' } }, required: [name] }
}

/** That no calls means any is shown by the field itself. */
function ruleAlone(rule: Schema): Schema {
  const { at, ...others } = rule.properties ?? {}
  if (!at) return rule
  const { description: _, ...plain } = at
  return { ...rule, properties: { at: plain, ...others } }
}

/** `status[2].code` is the rule's `code`, whichever rule it is. */
const ruleErrors = (words: Readonly<Record<string, string>>, name: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(errorsUnder(words, name)).map(([path, text]) => [path.replace(/^\[?\d+\]?\.?/, ''), text])
  )

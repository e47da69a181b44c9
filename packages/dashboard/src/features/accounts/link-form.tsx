import { type FormEvent, useState } from 'react'
import type { Platform } from '../../data/accounts.ts'
import { errorsUnder, type Schema, type Values } from '../../form/schema.ts'
import { SchemaForm } from '../../form/schema-form.tsx'
import { Button } from '../../ui/button.tsx'
import { DialogActions } from '../../ui/dialog.tsx'
import { PlatformMark, SandboxMark } from '../../ui/platform-mark.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { useConnect, type Way } from './api.ts'

interface Props {
  readonly way: Way
  readonly platform: Platform
  readonly schema: Schema
  readonly onBack: () => void
  readonly onLinked: (accountIds: readonly string[]) => void
}

/** For platforms without a consent page: what they ask for is typed in here. */
export function LinkForm({ way, platform, schema, onBack, onLinked }: Props) {
  const connect = useConnect()
  const [values, setValues] = useState<Values>({})
  const errors = errorsUnder(fieldWords(connect.error), 'fields')
  function submit(event: FormEvent) {
    event.preventDefault()
    const { platform, sandbox, auth } = way
    connect.mutate(
      { platform, sandbox, ...(auth ? { auth } : {}), fields: { ...values } },
      { onSuccess: ({ items }) => onLinked(items.map(({ accountId }) => accountId)) }
    )
  }
  return (
    <form onSubmit={submit} className="flex flex-col gap-4">
      <p className="flex items-center gap-2 font-medium">
        <PlatformMark platform={platform} />
        {platform.name}
        {way.sandbox && <SandboxMark />}
      </p>
      <SchemaForm schema={schema} value={values} onChange={setValues} errors={errors} isDisabled={connect.isPending} />
      {connect.error && Object.keys(errors).length === 0 && <Problem error={connect.error} />}
      <DialogActions>
        <Button onClick={onBack}>Back</Button>
        <Button look="main" type="submit" isBusy={connect.isPending}>
          Link the account
        </Button>
      </DialogActions>
    </form>
  )
}

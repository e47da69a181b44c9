import { type FormEvent, useState } from 'react'
import { useSignedIn } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { Section } from '../../ui/page.tsx'
import { fieldWords, Problem } from '../../ui/problem.tsx'
import { useRename } from './api.ts'

/** What the others in a workspace see. */
export function Name() {
  const { user } = useSignedIn()
  const rename = useRename()
  const [draft, setDraft] = useState<string>()
  const name = draft ?? user.name
  const isChanged = name.trim() !== user.name && name.trim() !== ''
  const words = fieldWords(rename.error)
  function save(event: FormEvent) {
    event.preventDefault()
    rename.mutate(name.trim(), { onSuccess: () => setDraft(undefined) })
  }
  return (
    <Section title="Name">
      <form onSubmit={save} className="flex flex-col gap-2">
        <div className="flex flex-wrap items-start gap-2">
          <div className="min-w-0 flex-1 basis-52 sm:max-w-80">
            <TextField
              label="Name"
              isLabelHidden
              autoComplete="name"
              required
              maxLength={80}
              dir="auto"
              value={name}
              error={words.name}
              hint={rename.isSuccess && !isChanged ? 'Saved.' : 'The other people in your workspaces see it.'}
              onChange={event => setDraft(event.target.value)}
            />
          </div>
          <Button type="submit" disabled={!isChanged} isBusy={rename.isPending}>
            {rename.isPending ? 'Saving the name' : 'Save the name'}
          </Button>
        </div>
        {rename.error && !words.name && <Problem error={rename.error} />}
      </form>
    </Section>
  )
}

import { useMutation } from '@tanstack/react-query'
import { Paperclip, X } from 'lucide-react'
import { type ComponentProps, useRef } from 'react'
import { client } from '../session/client.ts'
import { Button, IconButton } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { formatBytes } from '../ui/format.ts'
import { wordsOf } from '../ui/problem.tsx'

type Around = Omit<ComponentProps<typeof Field>, 'children'>

interface Props extends Around {
  /** The id of a file that the server has. */
  readonly value: string | undefined
  readonly onChange: (fileId: string | undefined) => void
  readonly accept: string | undefined
  readonly disabled?: boolean | undefined
}

/** What was uploaded here is known by name until the page is loaded again. */
const names = new Map<string, string>()

/** A picture or captions: uploaded as soon as it is picked, and named by its id. */
export function FileField({ value, onChange, accept, disabled, error, ...around }: Props) {
  const input = useRef<HTMLInputElement>(null)
  const upload = useMutation({
    mutationFn: (file: File) => client.files.upload({ file, fileName: file.name }),
    onSuccess: ({ fileId, name, size }) => {
      names.set(fileId, `${name}, ${formatBytes(size)}`)
      onChange(fileId)
    }
  })
  return (
    <Field {...around} error={upload.isError ? wordsOf(upload.error) : error}>
      {tie => (
        <div className="flex min-w-0 items-center gap-2">
          <Button
            {...tie}
            disabled={disabled}
            isBusy={upload.isPending}
            icon={<Paperclip size={14} />}
            onClick={() => input.current?.click()}
          >
            {upload.isPending ? 'Uploading…' : value ? 'Replace' : 'Choose a file'}
          </Button>
          {value && (
            <>
              <span dir="auto" className="min-w-0 truncate text-sm">
                {names.get(value) ?? 'uploaded before'}
              </span>
              <IconButton label="Remove the file" icon={<X size={14} />} onClick={() => onChange(undefined)} />
            </>
          )}
          <input
            ref={input}
            type="file"
            hidden
            accept={accept}
            onChange={event => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file) upload.mutate(file)
            }}
          />
        </div>
      )}
    </Field>
  )
}

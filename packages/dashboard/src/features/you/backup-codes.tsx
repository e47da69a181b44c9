import { Download } from 'lucide-react'
import { useSignedIn } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy.tsx'

/** Shown once: the server keeps what they are checked against, not what they are. */
export function BackupCodes({ codes }: { readonly codes: readonly string[] }) {
  const { user } = useSignedIn()
  const text = `Backup codes of ${user.email} for Upload24. Each signs in once.\n\n${codes.join('\n')}\n`
  function download() {
    const address = URL.createObjectURL(new Blob([text], { type: 'text/plain' }))
    const link = document.createElement('a')
    link.href = address
    link.download = 'upload24-backup-codes.txt'
    link.click()
    URL.revokeObjectURL(address)
  }
  return (
    <>
      <p>
        Keep these backup codes where you keep passwords: each signs in once when the phone is away. They are shown now
        and never again.
      </p>
      <ul
        aria-label="Backup codes"
        className="grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-x-6 gap-y-1 rounded-md bg-well px-4 py-3 font-mono text-sm"
      >
        {codes.map(code => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <CopyButton text={text} label="Copy the codes" />
        <Button size="small" icon={<Download size={14} />} onClick={download}>
          Download the codes
        </Button>
      </div>
    </>
  )
}

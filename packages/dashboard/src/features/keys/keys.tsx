import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { Empty } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonPairs } from '../../ui/skeleton.tsx'
import { type Key, keysQuery, lifeOf, type NewKey } from './api.ts'
import { CreateDialog } from './create.tsx'
import { KeyLine } from './key-line.tsx'
import { RevokeDialog, RotateDialog } from './mend.tsx'
import { ShownOnce } from './shown-once.tsx'

type Open = { readonly is: 'create' } | { readonly is: 'rotate' | 'revoke'; readonly key: Key }

/** Keys for programs: made here, shown once, and told by their beginning afterwards. */
export function Keys() {
  const { data, error, refetch } = useQuery(keysQuery)
  const [open, setOpen] = useState<Open>()
  const [made, setMade] = useState<NewKey>()
  const may = useMay('member')
  const close = () => setOpen(undefined)
  /** Whether a key is still used decides whether it can go: that must be as it is now. */
  const ask = (next: Open) => {
    setOpen(next)
    refetch()
  }
  const live = data?.filter(key => lifeOf(key) === 'active') ?? []
  const dead = data?.filter(key => lifeOf(key) !== 'active') ?? []
  const take = (key: NewKey) => {
    close()
    setMade(key)
  }
  const create = may && (
    <Button look="main" icon={<Plus size={16} />} onClick={() => setOpen({ is: 'create' })}>
      Create a key
    </Button>
  )
  return (
    <Page
      title="API keys"
      facts={
        <>
          Programs send videos with a key in the header <span className="whitespace-nowrap">X-Api-Key</span>.
        </>
      }
      actions={data?.length !== 0 && create}
    >
      {made && <ShownOnce made={made} onDone={() => setMade(undefined)} />}
      {error && <Problem error={error} onRetry={() => refetch()} />}
      {!data && !error && <SkeletonPairs widths={[24, 18, 28]} label="Loading the keys" />}
      {data?.length === 0 && !made && (
        <Empty title="There is no key yet" actions={create || undefined}>
          {may
            ? 'A key lets a script, a CI job or another product send videos to the accounts of this workspace.'
            : 'Members of this workspace can create keys; your role is to look.'}
        </Empty>
      )}
      {live.length > 0 && <List keys={live} onOpen={ask} />}
      {dead.length > 0 && (
        <details>
          <summary className="w-fit rounded-sm text-soft hover:text-ink">
            {dead.length === 1 ? '1 key no longer works' : `${plural(dead.length, 'key')} no longer work`}
          </summary>
          <div className="mt-2">
            <List keys={dead} onOpen={ask} />
          </div>
        </details>
      )}
      {open?.is === 'create' && <CreateDialog onClose={close} onMade={take} />}
      {open?.is === 'rotate' && <RotateDialog apiKey={open.key} onClose={close} onMade={take} />}
      {open?.is === 'revoke' && (
        <RevokeDialog apiKey={data?.find(({ id }) => id === open.key.id) ?? open.key} onClose={close} />
      )}
    </Page>
  )
}

const List = ({ keys, onOpen }: { readonly keys: readonly Key[]; readonly onOpen: (open: Open) => void }) => (
  <ul className="border-t border-line">
    {keys.map(key => (
      <KeyLine
        key={key.id}
        apiKey={key}
        onRotate={() => onOpen({ is: 'rotate', key })}
        onRevoke={() => onOpen({ is: 'revoke', key })}
      />
    ))}
  </ul>
)

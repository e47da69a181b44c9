import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { peopleQuery } from '../../data/people.ts'
import { withArticle } from '../../data/roles.ts'
import { useSignedIn } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { Section } from '../../ui/page.tsx'
import { Problem, wordsOf } from '../../ui/problem.tsx'
import { SkeletonBox } from '../../ui/skeleton.tsx'
import { useSwitch } from './api.ts'
import { CreateDialog } from './create-dialog.tsx'

/** Every workspace of the person, and a new one. */
export function Others() {
  const { tenant } = useSignedIn()
  const { data, error, refetch } = useQuery(peopleQuery)
  const change = useSwitch()
  const [isCreating, setCreating] = useState(false)
  return (
    <Section
      title="Your workspaces"
      aside={
        data?.mayCreateWorkspaces && (
          <Button size="small" icon={<Plus size={14} />} onClick={() => setCreating(true)}>
            Create a workspace
          </Button>
        )
      }
    >
      {!data && !error && (
        <div role="status" aria-label="Loading your workspaces" className="flex h-11 items-center border-y border-line">
          <SkeletonBox className="h-3 w-48" />
        </div>
      )}
      {!data && error && <Problem error={error} onRetry={() => refetch()} />}
      {data && (
        <ul aria-label="Your workspaces" className="border-t border-line">
          {data.tenants.map(({ id, name, role }) => (
            <li key={id} className="flex min-h-11 items-center gap-3 border-b border-line py-1.5">
              <span className="min-w-0 flex-1">
                <span dir="auto" className="truncate font-medium">
                  {name}
                </span>{' '}
                <span className="text-sm text-soft">you are {withArticle(role)}</span>
                {change.error && change.variables === id && (
                  <span role="alert" className="block text-sm text-failed">
                    {wordsOf(change.error)}
                  </span>
                )}
              </span>
              {id === tenant.id ? (
                <span className="text-sm text-soft">this one</span>
              ) : (
                <Button
                  size="small"
                  aria-label={`Go to ${name}`}
                  isBusy={change.isPending && change.variables === id}
                  onClick={() => change.mutate(id)}
                >
                  Go there
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {data && !data.mayCreateWorkspaces && (
        <p className="text-sm text-soft">On this instance only owners of a workspace create another.</p>
      )}
      {isCreating && <CreateDialog onClose={() => setCreating(false)} />}
    </Section>
  )
}

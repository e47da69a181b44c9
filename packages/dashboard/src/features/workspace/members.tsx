import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useMay } from '../../session/session.ts'
import { Button } from '../../ui/button.tsx'
import { TextField } from '../../ui/field.tsx'
import { plural } from '../../ui/format.ts'
import { Section } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { SkeletonPairs } from '../../ui/skeleton.tsx'
import { membersQuery } from './api.ts'
import { InviteDialog } from './invite-dialog.tsx'
import { MemberLine } from './member-line.tsx'

/** As many fit a look; of more, a part can be found, and as many are drawn at a time. */
const FEW = 10
const LINES = 200

/** Who is in it, and as what. */
export function Members() {
  const mayChange = useMay('admin')
  const { data, error, refetch } = useQuery(membersQuery)
  const [search, setSearch] = useState('')
  const [most, setMost] = useState(LINES)
  const [isInviting, setInviting] = useState(false)
  const words = search.trim().toLowerCase()
  const found = (data ?? []).filter(({ name, email }) => `${name} ${email}`.toLowerCase().includes(words))
  const owners = (data ?? []).filter(({ role }) => role === 'owner').length
  return (
    <Section
      title={data ? plural(data.length, 'member') : 'Members'}
      aside={
        mayChange && (
          <Button size="small" icon={<Plus size={14} />} onClick={() => setInviting(true)}>
            Invite a person
          </Button>
        )
      }
    >
      {!data && !error && <SkeletonPairs widths={[24, 18, 21]} label="Loading the members" />}
      {!data && error && <Problem error={error} onRetry={() => refetch()} />}
      {data && data.length > FEW && (
        <div className="max-w-80">
          <TextField
            label="Search the members"
            isLabelHidden
            type="search"
            placeholder="Search the members"
            value={search}
            onChange={event => setSearch(event.target.value)}
          />
        </div>
      )}
      {data && (
        <ul aria-label="Members" className="border-t border-line">
          {found.slice(0, most).map(member => (
            <MemberLine key={member.userId} member={member} isLastOwner={member.role === 'owner' && owners === 1} />
          ))}
        </ul>
      )}
      {data && found.length === 0 && <p className="text-soft">Nobody here is called that.</p>}
      {found.length > most && (
        <div>
          <Button onClick={() => setMost(most + LINES)}>Show more members</Button>
        </div>
      )}
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Section>
  )
}

import { useQuery } from '@tanstack/react-query'
import { Check, ChevronsUpDown } from 'lucide-react'
import { cache } from '../data/cache.ts'
import { peopleQuery } from '../data/people.ts'
import { client } from '../session/client.ts'
import { enter, useSignedIn } from '../session/session.ts'
import { Menu, MenuItem, MenuLabel } from '../ui/menu.tsx'
import { wordsOf } from '../ui/problem.tsx'
import { toast } from '../ui/toast.tsx'

/** Which workspace this is, and the way to another. */
export function WorkspaceMenu() {
  const { tenant } = useSignedIn()
  const { data } = useQuery(peopleQuery)
  async function switchTo(tenantId: string) {
    try {
      const signedIn = await client.people.switchTenant({ tenantId })
      cache.clear()
      enter(signedIn)
    } catch (error) {
      toast(wordsOf(error), { kind: 'failed' })
    }
  }
  return (
    <Menu
      align="start"
      trigger={
        <button type="button" className="flex h-9 min-w-0 items-center gap-2 rounded-md px-2 text-left hover:bg-well">
          <img src="/icon.svg" alt="" width={20} height={20} className="shrink-0" />
          <span className="min-w-0 flex-1 truncate font-semibold" dir="auto">
            {tenant.name}
          </span>
          <ChevronsUpDown size={14} className="shrink-0 text-soft" aria-label="Switch workspace" />
        </button>
      }
    >
      <MenuLabel>Workspaces</MenuLabel>
      {(data?.tenants ?? []).map(({ id: tenantId, name, role }) => (
        <MenuItem key={tenantId} onSelect={() => tenantId !== tenant.id && switchTo(tenantId)}>
          <span className="w-4">{tenantId === tenant.id && <Check size={14} />}</span>
          <span className="min-w-0 flex-1 truncate" dir="auto">
            {name}
          </span>
          <span className="text-xs text-soft">{role}</span>
        </MenuItem>
      ))}
    </Menu>
  )
}

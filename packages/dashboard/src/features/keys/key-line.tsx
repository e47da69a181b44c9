import { useQuery } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import { accountsQuery } from '../../data/accounts.ts'
import { useZone } from '../../data/workspace.ts'
import { useMay } from '../../session/session.ts'
import { IconButton } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Ago, formatDateTime, Time } from '../../ui/time.tsx'
import { type Key, lifeOf, SCOPES } from './api.ts'

interface Props {
  readonly apiKey: Key
  readonly onRotate: () => void
  readonly onRevoke: () => void
}

export function KeyLine({ apiKey, onRotate, onRevoke }: Props) {
  const zone = useZone()
  const may = useMay('member')
  const { data: accounts } = useQuery(accountsQuery)
  const life = lifeOf(apiKey)
  const named = apiKey.accounts?.map(id => accounts?.find(each => each.accountId === id)?.displayName ?? id)
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 border-b border-line py-3 md:grid-cols-[minmax(0,1fr)_minmax(0,300px)_200px_auto]">
      <div className="min-w-0">
        <p dir="auto" className={`truncate font-medium ${life === 'active' ? '' : 'text-soft line-through'}`}>
          {apiKey.name ?? 'Unnamed key'}
        </p>
        <p className="truncate font-mono text-xs leading-5 text-soft">{apiKey.prefix}…</p>
      </div>
      <div className="col-span-2 text-sm text-soft md:order-none md:col-span-1">
        <p>
          {apiKey.scopes.length === SCOPES.length
            ? 'May do everything a key can'
            : SCOPES.filter(({ scope }) => apiKey.scopes.includes(scope))
                .map(({ label }) => label)
                .join(' · ')}
        </p>
        <p className="truncate" title={named?.join(', ')}>
          {named ? `Only ${named.length === 1 ? named[0] : plural(named.length, 'account')}` : 'Every account'}
        </p>
      </div>
      <div className="col-span-2 text-sm text-soft md:col-span-1">
        <p>
          {apiKey.lastUsedAt ? (
            <>
              Last used <Ago value={apiKey.lastUsedAt} />
            </>
          ) : (
            'Never used'
          )}
        </p>
        <p>
          {life === 'revoked' && apiKey.revokedAt ? (
            <>Revoked {formatDateTime(apiKey.revokedAt, zone)}</>
          ) : life === 'expired' && apiKey.expiresAt ? (
            <>Expired {formatDateTime(apiKey.expiresAt, zone)}</>
          ) : apiKey.revokedAt ? (
            <>
              Ends <Ago value={apiKey.revokedAt} />
            </>
          ) : apiKey.expiresAt ? (
            <>
              Expires <Time value={apiKey.expiresAt} zone={zone} hasZone={false} />
            </>
          ) : (
            'Never expires'
          )}
        </p>
      </div>
      <div className="col-start-2 row-start-1 md:col-start-4">
        {may && life === 'active' && (
          <Menu
            trigger={<IconButton label={`More for ${apiKey.name ?? apiKey.prefix}`} icon={<Ellipsis size={16} />} />}
          >
            <MenuItem onSelect={onRotate}>Rotate</MenuItem>
            <MenuItem isDangerous onSelect={onRevoke}>
              Revoke
            </MenuItem>
          </Menu>
        )}
      </div>
    </li>
  )
}

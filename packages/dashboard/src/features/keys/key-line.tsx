import { useQuery } from '@tanstack/react-query'
import { Ellipsis } from 'lucide-react'
import { accountsQuery } from '../../data/accounts.ts'
import { useZone } from '../../data/workspace.ts'
import { useMay } from '../../session/session.ts'
import { IconButton } from '../../ui/button.tsx'
import { plural } from '../../ui/format.ts'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { Ago, formatDateTime, formatDay, Time } from '../../ui/time.tsx'
import { type Key, lifeOf, makersQuery, SCOPES } from './api.ts'

/** Two facts: under each other in a column, one after the other on a phone. */
const PAIR =
  "min-w-0 text-sm text-soft max-lg:col-span-2 max-lg:[&>p]:inline max-lg:[&>p+p]:before:mx-1.5 max-lg:[&>p+p]:before:content-['·']"

interface Props {
  readonly apiKey: Key
  readonly onRotate: () => void
  readonly onRevoke: () => void
}

export function KeyLine({ apiKey, onRotate, onRevoke }: Props) {
  const may = useMay('member')
  const isActive = lifeOf(apiKey) === 'active'
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_32px] items-start gap-x-4 gap-y-1 border-b border-line py-2.5 lg:grid-cols-[minmax(0,1fr)_205px_220px_150px_32px]">
      <div className="min-w-0">
        <p dir="auto" className={`truncate font-medium ${isActive ? '' : 'text-soft line-through'}`}>
          {apiKey.name ?? 'Unnamed key'}
        </p>
        <p className="truncate font-mono text-xs leading-5 text-soft">{apiKey.prefix}…</p>
      </div>
      <Rights apiKey={apiKey} />
      <div className={PAIR}>
        <p>
          {apiKey.lastUsedAt ? (
            <>
              Last used <Ago value={apiKey.lastUsedAt} />
            </>
          ) : (
            'Never used'
          )}
        </p>
        <End apiKey={apiKey} />
      </div>
      <Maker apiKey={apiKey} />
      <div className="col-start-2 row-start-1 lg:col-start-5">
        {may && isActive && (
          <Menu
            trigger={<IconButton label={`More for ${apiKey.name ?? apiKey.prefix}`} icon={<Ellipsis size={16} />} />}
          >
            {!apiKey.replacedBy && <MenuItem onSelect={onRotate}>Rotate the key</MenuItem>}
            <MenuItem isDangerous onSelect={onRevoke}>
              Revoke the key
            </MenuItem>
          </Menu>
        )}
      </div>
    </li>
  )
}

/** What it may do, and where. */
function Rights({ apiKey: { scopes, accounts: allowed } }: { readonly apiKey: Key }) {
  const { data: accounts } = useQuery(accountsQuery)
  const names = allowed?.map(id => accounts?.find(each => each.accountId === id)?.displayName ?? id)
  const words = SCOPES.filter(({ scope }) => scopes.includes(scope)).map(({ label }) => label)
  return (
    <div className={PAIR}>
      <p>{scopes.length === SCOPES.length ? 'May do everything a key can' : words.join('; ')}</p>
      <p className="truncate" title={names?.join(', ')}>
        {names ? `Only ${names.length === 1 ? names[0] : plural(names.length, 'account')}` : 'Every account'}
      </p>
    </div>
  )
}

/** Milliseconds before its end from which a key is worth a look. */
const SOON = 7 * 86_400_000

/** When it stops working, or stopped. */
function End({ apiKey }: { readonly apiKey: Key }) {
  const zone = useZone()
  const { revokedAt, expiresAt, replacedBy } = apiKey
  const life = lifeOf(apiKey)
  const replaced = replacedBy ? 'Replaced, ' : ''
  if (life === 'revoked' && revokedAt) {
    return (
      <p>
        {replacedBy ? 'Replaced' : 'Revoked'} <Time value={revokedAt} zone={zone} />
      </p>
    )
  }
  if (!expiresAt) return <p>Never expires</p>
  if (life === 'expired')
    return (
      <p>
        {replaced ? 'Replaced, ended' : 'Expired'} <Time value={expiresAt} zone={zone} />
      </p>
    )
  const isSoon = Date.parse(expiresAt) - Date.now() < SOON
  return (
    <p title={formatDateTime(expiresAt, zone)} className={isSoon ? 'font-medium text-needs' : ''}>
      {replaced ? 'Replaced, ends ' : 'Expires '}
      <Ago value={expiresAt} />
    </p>
  )
}

function Maker({ apiKey: { createdBy, createdAt } }: { readonly apiKey: Key }) {
  const zone = useZone()
  const { data: makers } = useQuery(makersQuery)
  const name = createdBy === null ? 'Somebody who left' : (makers?.get(createdBy) ?? '…')
  return (
    <div className={PAIR}>
      <p className="truncate">
        <span className="lg:sr-only">Made by </span>
        <span dir="auto">{name}</span>
      </p>
      <p>{formatDay(createdAt, zone)}</p>
    </div>
  )
}

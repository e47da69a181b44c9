import {
  type Account,
  type Adjustment,
  type Composed,
  type Connector,
  checkMedia,
  type MediaFacts,
  type Fault as Refused
} from '@upload24/connectors'
import type { Fault } from '@upload24/contract'
import { idsOf, type WantedFile, wantedFiles } from '../files/wanted.ts'
import { publicId } from '../lib/ids.ts'
import { appKey } from '../platforms/apps.ts'
import { type Consent, consentOf, type Sender } from './consent.ts'
import { isObject } from './merge-patch.ts'
import type { TargetAccount } from './queries.ts'

/** What the sender wrote, as far as it concerns the text and the options of the posts. */
export interface Wishes {
  readonly title: string
  readonly description: string | undefined
  /** By platform. */
  readonly options: Readonly<Record<string, unknown>>
  /** By account id as the sender wrote it. */
  readonly overrides: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly sender: Sender
}

/** What a delivery starts from: the post as this account's platform will take it. */
export interface Target {
  readonly accountId: string
  readonly platform: string
  readonly app: string
  readonly title: string
  readonly description: string
  readonly options: Record<string, unknown>
  readonly adjustments: readonly Adjustment[]
  readonly aloneKey: string | null
  /** Ids of the pictures and captions that its follow-ups will need. */
  readonly files: readonly string[]
  /** What the sender declares by sending it. */
  readonly consent: Consent | null
}

type Override = Readonly<Record<string, unknown>>

/** The post for one account, or why its platform would refuse it. */
export function composeTarget(
  connector: Connector,
  row: TargetAccount,
  wishes: Wishes
): {
  readonly composed: Composed<Record<string, unknown>>
  readonly target: Target | null
  readonly faults: readonly Fault[]
  readonly wanted: readonly WantedFile[]
} {
  const accountId = publicId('account', row.id)
  const override = wishes.overrides[accountId] ?? {}
  const { title, description, ...own } = override
  const account = accountOf(row)
  const shared = wishes.options[connector.id]
  const hasOptions = shared !== undefined || Object.keys(own).length > 0
  const text = (description ?? wishes.description) as string | undefined
  const composed: Composed<Record<string, unknown>> = connector.compose(
    {
      title: (title ?? wishes.title) as string,
      ...(text === undefined ? {} : { description: text }),
      ...(hasOptions ? { options: merge(shared, own) } : {})
    },
    account
  )
  const faults = composed.faults.map(fault => tell(fault, connector.id, accountId, override))
  if (composed.options === null || faults.length > 0) return { composed, target: null, faults, wanted: [] }
  const wanted = wantedFiles(connector, composed.options, accountId, field =>
    pathIn(override, connector.id, field, accountId)
  )
  const key = connector.alone?.(account, composed.options)
  return {
    composed,
    faults,
    wanted,
    target: {
      accountId: row.id,
      platform: connector.id,
      app: appKey({ platform: connector.id, sandbox: row.sandbox, tenant_id: row.tenantId }),
      title: composed.title,
      description: composed.description,
      options: composed.options,
      adjustments: composed.adjustments,
      aloneKey: key === undefined ? null : `${row.id}:${key}`,
      files: idsOf(wanted),
      consent: consentOf(connector, composed.options, wishes.sender)
    }
  }
}

/** Why this account's platform would refuse the file. */
export function refuseMedia(connector: Connector, row: TargetAccount, media: MediaFacts): Fault[] {
  const accountId = publicId('account', row.id)
  return checkMedia(connector, accountOf(row), media).map(fault => tell(fault, connector.id, accountId, {}))
}

const accountOf = (row: TargetAccount): Account => ({
  remoteId: row.remoteId,
  handle: row.handle,
  auth: row.auth,
  scopes: row.scopes,
  facts: row.facts
})

/** What is no object stays as it is, for the platform's schema to refuse. */
const merge = (shared: unknown, own: object): unknown => {
  if (shared === undefined) return own
  return isObject(shared) ? { ...shared, ...own } : shared
}

function tell(fault: Refused, platform: string, accountId: string, override: Override): Fault {
  const { field, ...rest } = fault
  return { path: pathIn(override, platform, field, accountId), ...rest, accountId, platform }
}

/** In the sender's own path: an option that an override brought is found there. */
function pathIn(override: Override, platform: string, field: string, accountId: string): string {
  const name = field.startsWith(`${platform}.`) ? field.slice(platform.length + 1) : field
  return (name.split(/[.[]/)[0] as string) in override ? `accountOptions.${accountId}.${name}` : field
}

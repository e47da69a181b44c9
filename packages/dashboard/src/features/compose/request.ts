import type { UploadDescription } from '@upload24/sdk'
import type { Account } from '../../data/accounts.ts'
import type { Values } from '../../form/schema.ts'
import type { Draft } from './draft.ts'

/** The draft as the server takes it, without what belongs to accounts that are not chosen. */
export function descriptionOf(draft: Draft, chosen: readonly Account[], zone: string): UploadDescription {
  const platforms = new Set(chosen.map(({ platform }) => platform))
  const ids = chosen.map(({ accountId }) => accountId)
  const options = withContent(draft.options, name => platforms.has(name))
  const accountOptions = withContent(draft.own, id => ids.includes(id))
  const description = draft.description.trim()
  return {
    ...options,
    title: draft.title.trim(),
    ...(description === '' ? {} : { description }),
    accounts: ids,
    ...(Object.keys(accountOptions).length === 0 ? {} : { accountOptions }),
    ...(draft.at === null ? {} : { scheduledOn: draft.at, timezone: zone })
  } as UploadDescription
}

const withContent = (all: Readonly<Record<string, Values>>, isWanted: (name: string) => boolean) =>
  Object.fromEntries(Object.entries(all).filter(([name, values]) => isWanted(name) && Object.keys(values).length > 0))

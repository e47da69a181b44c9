import type { UploadDescription } from '@upload24/sdk'
import type { Account } from '../data/accounts.ts'
import type { Values } from '../form/schema.ts'

/** What is being written. The file is not part of it: a page cannot keep one. */
export interface Draft {
  readonly title: string
  readonly description: string
  /** Account ids. null: never chosen; where there is only one account, it is meant. */
  readonly accounts: readonly string[] | null
  /** For all accounts of a platform. */
  readonly options: Readonly<Record<string, Values>>
  /** For one account: `title`, `description`, options. */
  readonly own: Readonly<Record<string, Values>>
  /** Local time in the workspace's zone, `2026-12-01T10:00`. null: now. Empty: not chosen yet. */
  readonly at: string | null
}

export type SetDraft = (change: Partial<Draft> | ((draft: Draft) => Partial<Draft>)) => void

/** What was sent becomes a draft again. */
export function draftOf(sent: UploadDescription): Draft {
  const { title, description = '', accounts, accountOptions = {}, scheduledOn, timezone: _, ...options } = sent
  return {
    title,
    description,
    accounts,
    own: accountOptions as Draft['own'],
    at: scheduledOn ?? null,
    options: options as Draft['options']
  }
}

/** The draft as the server takes it, without what belongs to accounts that are not chosen. */
export function descriptionOf(
  draft: Draft,
  chosen: readonly Pick<Account, 'accountId' | 'platform'>[],
  zone: string
): UploadDescription {
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

import type { accountOptions } from '@upload24/contract'
import type { z } from 'zod'
import type { App } from '../app.ts'
import { Problem, problem } from '../http/problem.ts'
import { publicId } from '../lib/ids.ts'
import { presentRules } from '../platforms/catalogue.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { readChoices } from './choices.ts'
import { type AccountRef, findAccount } from './queries.ts'
import { remoteOf } from './remote.ts'

type Answer = z.input<typeof accountOptions.reply>
type Field = Answer['fields'][string]

/** What the account takes today, and what it narrows. A platform that does not answer costs its choices, not the form. */
export async function readOptions(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  account: AccountRef
): Promise<Answer> {
  const row = await findAccount(app.database.db, account.tenant_id, account.id)
  const connector = row && platforms.connectorOf(row.platform)
  if (!connector || row.status === 'revoked') throw problem('not_found', 'There is no such account in this workspace.')
  const remote = remoteOf(row)
  const rules = connector.rules(remote)
  const asked = Object.keys(connector.choices ?? {}).map(
    async name => [name, await ask(app, platforms, account, name)] as const
  )
  const closed = Object.entries(connector.closed?.(remote) ?? {}).map(
    ([name, disabled]) => [name, { disabled, choices: null, error: null }] as const
  )
  return {
    accountId: publicId('account', row.id),
    platform: row.platform,
    media: presentRules(rules),
    title: { ...rules.title },
    fields: Object.fromEntries<Field>([...(await Promise.all(asked)), ...closed])
  }
}

async function ask(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  account: AccountRef,
  field: string
): Promise<Field> {
  try {
    return { disabled: null, choices: [...(await readChoices(app, platforms, account, field))], error: null }
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return { disabled: null, choices: null, error: error.message }
  }
}

import { type Choice, openHttp } from '@upload24/connectors'
import type { App } from '../app.ts'
import { problem } from '../http/problem.ts'
import { appKey } from '../platforms/apps.ts'
import { fenceAfter, PATIENCE } from '../platforms/fence.ts'
import type { Platforms } from '../platforms/platforms.ts'
import { parkAll } from './park-queries.ts'
import { openPauses } from './pauses.ts'
import { failureOf, failureProblem } from './problems.ts'
import * as queries from './queries.ts'
import { remoteOf } from './remote.ts'
import { accessToken, renew } from './tokens.ts'

/** What only the account knows today, for an option of its platform: playlists, boards, privacy levels. */
export async function readChoices(
  app: Pick<App, 'database' | 'seal' | 'log'>,
  platforms: Platforms,
  account: queries.AccountRef,
  field: string
): Promise<readonly Choice[]> {
  const row = await queries.readGrant(app.database.db, account)
  const connector = row && platforms.connectorOf(row.platform)
  if (!connector) throw problem('not_found', 'There is no such account in this workspace.')
  const choices = connector.choices ?? {}
  const read = Object.hasOwn(choices, field) ? choices[field] : undefined
  if (!read) {
    const names = Object.keys(choices)
    const message = names.length > 0 ? `has choices for ${names.join(', ')}` : 'has no such choices on this platform'
    const errors = [{ path: 'field', code: 'invalid_value', message }]
    throw problem('validation_failed', `${connector.name} has no choices for "${field}".`, { errors })
  }
  const remote = remoteOf(row)
  const pauses = openPauses(connector)
  try {
    const http = openHttp({
      network: platforms.network,
      connector,
      hosts: connector.hosts(remote),
      map: platforms.hostsOf(row),
      call: 'choices',
      commits: false,
      now: row.now,
      fence: fenceAfter(PATIENCE),
      token: () => accessToken(app, platforms, row),
      renew: used => renew(app, platforms, row, used),
      onExchange: exchange => app.log.debug({ tenantId: row.tenant_id, accountId: row.id, exchange }, 'choices'),
      onAnswer: answer => pauses.hear(answer, row.now)
    })
    return await read({ http, account: remote, now: row.now })
  } catch (error) {
    throw failureProblem(failureOf(app, error, connector.name), 'platform_error')
  } finally {
    // A form's questions count as calls too: the deliveries wait as the platform asks.
    await parkAll(app.database.db, { app: appKey(row), accountId: row.id }, pauses.take())
  }
}

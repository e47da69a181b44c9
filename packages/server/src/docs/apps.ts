import type { Connector } from '@upload24/connectors'
import { clientVariables, waysWithApp } from '../config/variables.ts'
import { redirectUriOf } from '../platforms/apps.ts'

/** For the guide: what the app behind each way to sign in is registered with, by `<platform> <way> app`. */
export const appTables = (connector: Connector, publicUrl: string): [string, string][] =>
  waysWithApp(connector).map(way => [`${connector.id} ${way} app`, appTable(connector, way, publicUrl)])

function appTable(connector: Connector, way: string, publicUrl: string): string {
  const auth = connector.auths[way]
  if (auth?.kind !== 'oauth2') throw new Error(`${connector.id} has no app for "${way}"`)
  const optional = auth.optionalScopes ?? []
  const needed = auth.scopes.filter(scope => !optional.includes(scope))
  const { id, secret } = clientVariables(connector, way)
  return [
    '| What | Value |',
    '|---|---|',
    `| Redirect address | ${codes([redirectUriOf(publicUrl, connector.id)])} |`,
    `| Scopes without which nothing is linked | ${codes(needed)} |`,
    ...(optional.length > 0 ? [`| Scopes that a person may leave out | ${codes(optional)} |`] : []),
    `| Variables | ${codes([id, secret])} |`
  ].join('\n')
}

const codes = (names: readonly string[]): string => names.map(name => `\`${name}\``).join(' ')

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectors } from '@upload24/connectors'
import {
  clientVariables,
  platformVariables,
  type Variable,
  variables,
  waysWithApp
} from '../packages/server/src/config/variables.ts'

/** Writes docs/config.md from the table in code and the platforms' ways to sign in; with --check only says whether it is current. */
const path = join(import.meta.dirname, '../docs/config.md')
const text = compose()
if (!process.argv.includes('--check')) writeFileSync(path, text)
else if (read() !== text) {
  console.error('docs/config.md is not current: run node scripts/config-docs.ts')
  process.exit(1)
}

function compose(): string {
  return `<!-- Written by scripts/config-docs.ts from packages/server/src/config/variables.ts. Change it there. -->
# Configuration

All of it is environment variables; an empty one counts as unset. With none set, \`npm start\` runs a development instance with a
PostgreSQL of its own and everything in \`./data\`. Faults are reported all at once, and nothing starts.

${table(Object.entries(variables))}

## Each platform

\`<PLATFORM>\` is the platform's id in capitals, for example \`EXAMPLE_CLIENT_ID\` for the platform \`example\`.

${table(Object.entries(platformVariables).map(([name, variable]) => [`<PLATFORM>_${name}`, variable]))}

Where people sign in to a platform in several ways, each way has an app of its own, and none stands in for another. One of them takes the
names above; the others have their own name in between. How to come by these apps: [Your apps at the platforms](guide/apps.md).

${ways()}

## Replacing the secret key

Put the new key in front of the old one, \`SECRET_KEY=new,old\`, and restart: what is sealed from now on carries the new key, and what the
old key sealed still opens. Drop the old key once every account has been refreshed or linked again.
`
}

function table(rows: readonly [string, Variable][]): string {
  const lines = rows.map(
    ([name, { meaning, expected, example, fallback }]) =>
      `| \`${name}\` | ${fallback} | ${meaning} | ${expected} | \`${example}\` |`
  )
  return ['| Variable | Unset | Meaning | Expected | Example |', '|---|---|---|---|---|', ...lines].join('\n')
}

function ways(): string {
  const lines = Object.values(connectors).flatMap(connector =>
    waysWithApp(connector).map(way => {
      const { id, secret } = clientVariables(connector, way)
      return `| ${connector.name} | \`${way}\` | \`${id}\` \`${secret}\` |`
    })
  )
  return ['| Platform | Way to sign in | Variables |', '|---|---|---|', ...lines].join('\n')
}

function read(): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

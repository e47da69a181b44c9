import { isIP } from 'node:net'
import { z } from 'zod'
import { Secret } from './secret.ts'

/** One environment variable: what it means to the operator, what it must look like, and how its text is read. */
export interface Variable<T = unknown> {
  readonly meaning: string
  readonly expected: string
  readonly example: string
  /** Shown in the table of the docs; the value itself is decided in `config.ts`. */
  readonly fallback: string
  readonly schema: z.ZodType<T, string>
}

const oneOf = <const T extends readonly [string, ...string[]]>(
  values: T,
  about: { meaning: string; fallback: string }
) => ({
  ...about,
  expected: `one of ${values.join(', ')}`,
  example: values[0],
  schema: z.enum(values) as unknown as z.ZodType<T[number], string>
})

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .refine(n => n >= min && n <= max)

const url = (protocols: readonly string[]) =>
  z.string().refine(text => URL.canParse(text) && protocols.includes(new URL(text).protocol))

const httpUrl = url(['http:', 'https:'])
  .refine(text => !/[?#@]/.test(text))
  .transform(text => text.replace(/\/+$/, ''))

const secret = (schema: z.ZodType<string, string>) => schema.transform(text => new Secret(text))

const isHostName = (text: string): boolean => isIP(text) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d+)?$/i.test(text)

const roles = z
  .string()
  .transform(text => text.split(',').map(role => role.trim()))
  .refine(list => list.every(role => role === 'api' || role === 'worker'))
  .transform(list => ({ api: list.includes('api'), worker: list.includes('worker') }))

const secretKeys = z
  .string()
  .transform(text => text.split(',').map(key => key.trim()))
  .refine(keys => keys.every(key => key.length >= 32))
  .transform(keys => keys.map(key => new Secret(key)))

const hosts = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown
    } catch {
      context.addIssue('not JSON')
      return z.NEVER
    }
  })
  .pipe(z.record(z.string().refine(isHostName), httpUrl))

/** A count of proxies, or what they are: `10.0.0.0/8, 192.0.2.7`. */
const proxies = z
  .string()
  .transform(text => (/^\d+$/.test(text) ? Number(text) : text.split(',').map(each => each.trim())))
  .refine(given => (typeof given === 'number' ? given >= 1 && given <= 10 : given.every(isNetwork)))

function isNetwork(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

export const variables = {
  NODE_ENV: oneOf(['production', 'development', 'test'], {
    meaning: '`production` makes no demo workspace and insists on `SECRET_KEY` and `PUBLIC_URL`.',
    fallback: '`development`'
  }),
  PORT: {
    meaning: 'The port that the API listens on. 0 takes any free one.',
    expected: 'a whole number from 0 to 65535',
    example: '8080',
    fallback: '`3000`',
    schema: whole(0, 65_535)
  },
  HOST: {
    meaning: 'The address that the API listens on. `0.0.0.0` opens it to the network.',
    expected: 'an IP address or a host name',
    example: '0.0.0.0',
    fallback: '`127.0.0.1`',
    schema: z.string().refine(isHostName)
  },
  PUBLIC_URL: {
    meaning:
      'Where browsers and platforms reach this server: link pages, presigned URLs and OAuth callbacks begin with it.',
    expected: 'an http(s) URL without query; in production https, unless the host is the machine itself',
    example: 'https://upload.example.com',
    fallback: '`http://127.0.0.1:<PORT>`; production: required',
    schema: httpUrl
  },
  TRUSTED_PROXIES: {
    meaning:
      'The proxies in front of this server, whose `X-Forwarded-For` is believed: sign-in limits then count the client, not the proxy. Their networks; or how many stand in a row, where nobody can reach this server past them. Unset: no such header is believed.',
    expected: 'addresses and networks separated by commas, or a count from 1 to 10',
    example: '10.0.0.0/8,192.0.2.7',
    fallback: 'none',
    schema: proxies
  },
  DATA_DIR: {
    meaning:
      'The folder of everything that is kept: database, files, the generated key. A relative path starts at the checkout.',
    expected: 'a path',
    example: '/var/lib/upload24',
    fallback: '`./data`',
    schema: z.string()
  },
  DATABASE_URL: {
    meaning: 'A PostgreSQL of your own, version 15 or later. Unset: one is started for you inside `DATA_DIR`.',
    expected: 'a postgresql:// URL',
    example: 'postgresql://upload24:password@db.example.com:5432/upload24',
    fallback: 'the embedded PostgreSQL',
    schema: secret(url(['postgres:', 'postgresql:']))
  },
  SECRET_KEY: {
    meaning:
      'Seals platform tokens and signs URLs. Several, separated by commas: the first seals, all of them open, so a key can be replaced without losing anything.',
    expected: 'at least 32 characters (make one with: openssl rand -base64 32); several separated by commas',
    example: 'mRk1dVtsVn0YgYt0Z4e8n2Jm5nBv0hR4bq1o1zqk2Xo=',
    fallback: 'made once and kept in `DATA_DIR/secret.key`; production: required',
    schema: secretKeys
  },
  ROLES: {
    meaning: 'What this process does. A second process with `worker` alone joins the database of the first.',
    expected: 'api, worker, or both separated by a comma',
    example: 'api,worker',
    fallback: '`api,worker`',
    schema: roles
  },
  SIGN_UP: oneOf(['first', 'invite', 'open'], {
    meaning: 'Who may sign up: only the first user, only those with an invitation, or anybody.',
    fallback: '`open`; production: `first`'
  }),
  SANDBOX: oneOf(['on', 'off'], {
    meaning:
      'Offers sandbox accounts: small faithful copies of the platforms, to publish on without leaving the machine.',
    fallback: '`on`; production: `off`'
  }),
  QUOTA_DEFAULT: {
    meaning: 'Uploads that a new workspace may make per quota period, one for each target account.',
    expected: 'a whole number, 0 or more',
    example: '1000',
    fallback: 'unlimited',
    schema: whole(0, Number.MAX_SAFE_INTEGER)
  },
  SESSION_HOURS: {
    meaning:
      'How long an upload session lives: what has not arrived and been completed by then is removed, and its quota given back.',
    expected: 'a whole number from 1 to 168',
    example: '72',
    fallback: '`24`',
    // S3 signs addresses for seven days at most.
    schema: whole(1, 168)
  },
  SMTP_URL: {
    meaning: 'The mail server for invitations and password resets. Unset: no mail is sent.',
    expected: 'an smtp:// or smtps:// URL',
    example: 'smtps://user:password@mail.example.com',
    fallback: 'no mail',
    schema: secret(url(['smtp:', 'smtps:']))
  },
  METRICS_TOKEN: {
    meaning:
      'Whoever sends it as `Authorization: Bearer` may read `/metrics`. Unset: callers on this machine, and nobody where `PUBLIC_URL` is an address for others.',
    expected: 'at least 16 characters',
    example: 'q7bR2m9vXw4sT1kZ',
    fallback: 'this machine only',
    schema: secret(z.string().min(16))
  },
  METRICS_PORT: {
    meaning:
      'Where a process without the role `api` answers `/healthz`, `/readyz` and `/metrics`, on `HOST`. With that role they are on `PORT`.',
    expected: 'a whole number from 0 to 65535',
    example: '9464',
    fallback: 'nowhere',
    schema: whole(0, 65_535)
  },
  LOG_LEVEL: oneOf(['info', 'fatal', 'error', 'warn', 'debug', 'trace', 'silent'], {
    meaning: 'The least serious line that is still written to the log.',
    fallback: '`info`'
  })
} satisfies Record<string, Variable>

/** The variables that every platform has; `<PLATFORM>` is its id in capitals. */
export const platformVariables = {
  CLIENT_ID: {
    meaning: 'The id of your app at the platform. Accounts can be linked when id and secret are both set.',
    expected: 'the client id, together with the client secret',
    example: '1234567890-abc.apps.example.com',
    fallback: 'nobody can link this way',
    schema: z.string()
  },
  CLIENT_SECRET: {
    meaning: 'The secret of your app at the platform.',
    expected: 'the client secret, together with the client id',
    example: 'the secret shown by the platform',
    fallback: 'nobody can link this way',
    schema: secret(z.string())
  },
  UPLOADS_A_DAY: {
    meaning:
      'New posts that the platform grants your app a day, for all workspaces together, where it counts them. Raise it when an audit granted more.',
    expected: 'a whole number from 0 to 1000000',
    example: '5000',
    fallback: 'what the platform usually grants',
    schema: whole(0, 1_000_000)
  },
  HOSTS: {
    meaning:
      'Other addresses for the platform’s hosts, OAuth pages included: for a proxy, or for a test against another server.',
    expected: 'a JSON object from host name to http(s) base URL',
    example: '{"api.example.com":"http://127.0.0.1:9100/h/api.example.com"}',
    fallback: 'the platform’s own',
    schema: hosts
  }
} satisfies Record<string, Variable>

export const platformVariable = (platformId: string, name: keyof typeof platformVariables): string =>
  `${platformId.toUpperCase().replaceAll('-', '_')}_${name}`

/** A platform of the connectors' registry, as far as its variables follow from it. */
export interface KnownPlatform {
  readonly id: string
  readonly auths: Readonly<Record<string, { readonly kind: 'oauth2' | 'form' }>>
}

/** The ways to sign in that need an app at the platform. */
export const waysWithApp = ({ auths }: KnownPlatform): string[] =>
  Object.keys(auths).filter(way => auths[way]?.kind === 'oauth2')

/** The way that is called like its platform, or else the first, needs no name of its own: `EXAMPLE_CLIENT_ID`; the others are `EXAMPLE_<WAY>_CLIENT_ID`. */
export function clientVariables(
  platform: KnownPlatform,
  way: string
): { readonly id: string; readonly secret: string } {
  const ways = waysWithApp(platform)
  const plain = ways.includes(platform.id) ? platform.id : ways[0]
  const prefix = way === plain ? platform.id : `${platform.id}_${way}`
  return { id: platformVariable(prefix, 'CLIENT_ID'), secret: platformVariable(prefix, 'CLIENT_SECRET') }
}

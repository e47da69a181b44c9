import { resolve } from 'node:path'
import type { Secret } from './config/secret.ts'
import {
  clientVariables,
  type KnownPlatform,
  platformVariable,
  platformVariables,
  type Variable,
  variables,
  waysWithApp
} from './config/variables.ts'

export { Secret } from './config/secret.ts'

export interface Config {
  readonly environment: 'production' | 'development' | 'test'
  /** `publicUrl` ends without a slash. */
  readonly http: {
    readonly host: string
    readonly port: number
    readonly publicUrl: string
    /** Networks, or a count. Undefined: what a client says of its address is not believed. */
    readonly trustedProxies: number | readonly string[] | undefined
  }
  /** Absolute. */
  readonly dataDir: string
  /** No url: the embedded PostgreSQL. */
  readonly database: { readonly url: Secret | undefined }
  /** The first seals, all open. Empty only until `withSecretKey` has made one for development. */
  readonly secretKeys: readonly Secret[]
  readonly roles: { readonly api: boolean; readonly worker: boolean }
  readonly signUp: 'first' | 'invite' | 'open'
  readonly sandbox: boolean
  /** Undefined: unlimited. */
  readonly quotaDefault: number | undefined
  readonly sessionHours: number
  readonly smtpUrl: Secret | undefined
  /** No token: this machine alone may read them, while `publicUrl` is of it too. No port: a process without the API does not offer them. */
  readonly metrics: { readonly token: Secret | undefined; readonly port: number | undefined }
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent'
  /** One entry for each platform that `readConfig` was told. */
  readonly platforms: Readonly<Record<string, PlatformConfig>>
}

/** Our app at a platform. */
export interface Client {
  readonly id: string
  readonly secret: Secret
}

export interface PlatformConfig {
  /** By way to sign in. A way that is not here is not set up. */
  readonly clients: Readonly<Record<string, Client>>
  /** New posts of a day that the platform granted. Absent: its default. */
  readonly uploadsADay?: number
  /** Real host name → base URL used in its place, without a slash at the end. */
  readonly hosts: Readonly<Record<string, string>>
}

export interface ConfigFault {
  readonly name: string
  readonly expected: string
  readonly example: string
}

/** Every fault of the environment at once. The values are left out: one of them may be a secret. */
export class ConfigFaults extends Error {
  readonly faults: readonly ConfigFault[]

  constructor(faults: readonly ConfigFault[]) {
    const lines = faults.map(
      ({ name, expected, example }) => `  ${name}: expected ${expected}\n    for example ${name}=${example}`
    )
    super(`The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${lines.join('\n')}`)
    this.name = 'ConfigFaults'
    this.faults = faults
  }
}

/** Environment → Config. Pure; throws `ConfigFaults`. `known` are the platforms of the connectors' registry. */
export function readConfig(env: NodeJS.ProcessEnv, known: readonly KnownPlatform[]): Config {
  const faults: ConfigFault[] = []
  const fault = (name: string, about: Pick<Variable, 'expected' | 'example'>, expected = about.expected): undefined => {
    faults.push({ name, expected, example: about.example })
  }
  // An empty value is an unset one: `FOO= npm start` and the blank lines of an .env file.
  function read<T>(name: string, variable: Variable<T>): T | undefined {
    const text = env[name]?.trim()
    if (!text) return undefined
    const parsed = variable.schema.safeParse(text)
    return parsed.success ? parsed.data : fault(name, variable)
  }
  const get = <K extends keyof typeof variables>(name: K) =>
    read(name, variables[name] as unknown as Variable<(typeof variables)[K]['schema']['_output']>)
  const required = (name: keyof typeof variables): undefined => {
    if (!env[name]?.trim()) fault(name, variables[name], `${variables[name].expected}; required in production`)
  }

  const environment = get('NODE_ENV') ?? 'development'
  const isProduction = environment === 'production'
  const port = get('PORT') ?? 3000
  const publicUrl = get('PUBLIC_URL')
  if (isProduction) {
    required('PUBLIC_URL')
    required('SECRET_KEY')
    if (publicUrl !== undefined && !isSafeInProduction(publicUrl)) fault('PUBLIC_URL', variables.PUBLIC_URL)
  }
  const config: Config = {
    environment,
    http: {
      host: get('HOST') ?? '127.0.0.1',
      port,
      publicUrl: publicUrl ?? `http://127.0.0.1:${port}`,
      trustedProxies: get('TRUSTED_PROXIES')
    },
    dataDir: resolve(get('DATA_DIR') ?? 'data'),
    database: { url: get('DATABASE_URL') },
    secretKeys: get('SECRET_KEY') ?? [],
    roles: get('ROLES') ?? { api: true, worker: true },
    signUp: get('SIGN_UP') ?? (isProduction ? 'first' : 'open'),
    sandbox: (get('SANDBOX') ?? (isProduction ? 'off' : 'on')) === 'on',
    quotaDefault: get('QUOTA_DEFAULT'),
    sessionHours: get('SESSION_HOURS') ?? 24,
    smtpUrl: get('SMTP_URL'),
    metrics: { token: get('METRICS_TOKEN'), port: get('METRICS_PORT') },
    logLevel: get('LOG_LEVEL') ?? 'info',
    platforms: Object.fromEntries(known.map(platform => [platform.id, readPlatform(platform)]))
  }
  if (faults.length > 0) throw new ConfigFaults(faults)
  return freeze(config)

  function readPlatform(platform: KnownPlatform): PlatformConfig {
    const clients = waysWithApp(platform).flatMap(way => {
      const client = readClient(clientVariables(platform, way))
      return client ? [[way, client] as const] : []
    })
    const hosts = read<Record<string, string>>(platformVariable(platform.id, 'HOSTS'), platformVariables.HOSTS) ?? {}
    const uploadsADay = read<number>(platformVariable(platform.id, 'UPLOADS_A_DAY'), platformVariables.UPLOADS_A_DAY)
    return { clients: Object.fromEntries(clients), ...(uploadsADay === undefined ? {} : { uploadsADay }), hosts }
  }
  function readClient(names: ReturnType<typeof clientVariables>): Client | undefined {
    const id = read<string>(names.id, platformVariables.CLIENT_ID)
    const secret = read<Secret>(names.secret, platformVariables.CLIENT_SECRET)
    if (id !== undefined && secret !== undefined) return { id, secret }
    if (id !== undefined) fault(names.secret, platformVariables.CLIENT_SECRET)
    if (secret !== undefined) fault(names.id, platformVariables.CLIENT_ID)
    return undefined
  }
}

/** The one reading of this process's environment. */
export const loadConfig = (known: readonly KnownPlatform[]): Config => readConfig(process.env, known)

const isSafeInProduction = (publicUrl: string): boolean =>
  new URL(publicUrl).protocol === 'https:' || isOfThisMachine(publicUrl)

/** Nobody elsewhere can use this address. */
export const isOfThisMachine = (url: string): boolean =>
  /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(url).hostname)

function freeze<T extends object>(value: T): T {
  for (const inner of Object.values(value)) if (typeof inner === 'object' && inner !== null) freeze(inner)
  return Object.freeze(value)
}

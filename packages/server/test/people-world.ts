import { Writable } from 'node:stream'
import type { Endpoint } from '@upload24/contract'
import { pino } from 'pino'
import { z } from 'zod'
import type { App } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import type { Database } from '../src/db/open.ts'
import { createAuthenticate } from '../src/http/auth.ts'
import { type Binding, bind } from '../src/http/bind.ts'
import { createHttp } from '../src/http/server.ts'
import { keyRoutes } from '../src/keys/routes.ts'
import { createSeal } from '../src/lib/seal.ts'
import { peopleRoutes } from '../src/tenants/routes.ts'

const SECRET = 'a secret of more than thirty-two characters'
const URL = 'http://127.0.0.1:3000'

/** Tells what the bound caller is; one route of each kind of access. */
const whoami = {
  id: 'whoami',
  method: 'GET',
  tag: 'Test',
  summary: 'Who asks',
  status: 200,
  reply: z.looseObject({}),
  problems: []
} as const
const probes: Endpoint[] = [
  { ...whoami, path: '/probe/upload', access: { who: 'bearer or key', role: 'member', scope: 'upload:write' } },
  { ...whoami, path: '/probe/read', access: { who: 'bearer or key', role: 'viewer', scope: 'upload:read' } },
  { ...whoami, path: '/probe/admin', access: { who: 'bearer', role: 'admin' } }
]

export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: what a route answered, for the assertions to look into
  readonly body: any
  readonly headers: Record<string, string | string[] | number | undefined>
}

export interface Asked {
  readonly body?: object
  readonly token?: string
  readonly key?: string
  readonly cookie?: string
  readonly headers?: Record<string, string>
}

export type PeopleWorld = Awaited<ReturnType<typeof openPeopleWorld>>

/** The routes of people and keys on a real database, called without a socket. `log()` is all that was logged. */
export async function openPeopleWorld(
  database: Database,
  env: Record<string, string> = {},
  secrets: readonly [string, ...string[]] = [SECRET]
) {
  const config = readConfig({ NODE_ENV: 'test', SECRET_KEY: SECRET, PUBLIC_URL: URL, SIGN_UP: 'open', ...env }, [])
  let logged = ''
  const sink = new Writable({
    write(chunk, _encoding, done) {
      logged += chunk
      done()
    }
  })
  const app = {
    config,
    database,
    log: pino({ level: 'trace' }, sink),
    seal: createSeal(secrets)
  } satisfies Partial<App>
  const http = await createHttp(app)
  const binding: Binding = {
    http,
    authenticate: createAuthenticate(app),
    guard: (_endpoint, _request, _reply, _caller, run) => run()
  }
  peopleRoutes(binding, app)
  keyRoutes(binding, app)
  for (const probe of probes) bind(binding, probe, async ({ caller }) => ({ ...caller }))

  async function ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, asked: Asked = {}): Promise<Answer> {
    const response = await http.inject({
      method,
      url,
      headers: {
        ...(asked.token ? { authorization: `Bearer ${asked.token}` } : {}),
        ...(asked.key ? { 'x-api-key': asked.key } : {}),
        ...(asked.cookie ? { cookie: asked.cookie } : {}),
        ...asked.headers
      },
      ...(asked.body ? { payload: asked.body } : {})
    })
    const { statusCode: status, headers, body } = response
    return { status, headers, body: body === '' ? undefined : JSON.parse(body) }
  }

  let people = 0
  /** A new user with a workspace; `cookie` is what a browser would send back. */
  async function newUser(about: object = {}) {
    const person = { email: `person${++people}@example.com`, password: 'correct horse battery', name: 'Ada' }
    const answer = await ask('POST', '/auth/sign-up', { body: { ...person, workspace: 'Engines', ...about } })
    return { ...person, answer, token: answer.body?.accessToken as string, cookie: cookieOf(answer) }
  }

  return { app, http, ask, newUser, log: () => logged }
}

export function cookieOf({ headers }: Answer): string {
  return [headers['set-cookie'] ?? []]
    .flat()
    .map(each => String(each).split(';')[0])
    .join('; ')
}

import assert from 'node:assert/strict'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { ConfigFaults, readConfig, Secret } from './config.ts'

const KEY = 'k'.repeat(32)
const browser = { kind: 'oauth2' } as const
const example = { id: 'example', auths: { google: browser } }
const twoWords = {
  id: 'two-words',
  auths: { password: { kind: 'form' }, other: browser, 'two-words': browser }
} as const

function faultsOf(env: NodeJS.ProcessEnv): string[] {
  try {
    readConfig(env, [example, twoWords])
  } catch (error) {
    assert.ok(error instanceof ConfigFaults)
    return error.faults.map(({ name }) => name)
  }
  return []
}

test('with nothing set, everything runs on a laptop', () => {
  const config = readConfig({}, [example])
  assert.deepEqual(config, {
    environment: 'development',
    http: { host: '127.0.0.1', port: 3000, publicUrl: 'http://127.0.0.1:3000', trustedProxies: undefined },
    dataDir: resolve('data'),
    database: { url: undefined },
    secretKeys: [],
    roles: { api: true, worker: true },
    signUp: 'open',
    sandbox: true,
    quotaDefault: undefined,
    sessionHours: 24,
    smtpUrl: undefined,
    metrics: { token: undefined, port: undefined },
    logLevel: 'info',
    platforms: { example: { clients: {}, hosts: {} } }
  })
  assert.ok(Object.isFrozen(config.platforms.example?.hosts))
})

test('production closes what development opens', () => {
  const config = readConfig({ NODE_ENV: 'production', PUBLIC_URL: 'https://up.example.com/', SECRET_KEY: KEY }, [])
  assert.deepEqual([config.signUp, config.sandbox, config.http.publicUrl], ['first', false, 'https://up.example.com'])
})

test('every fault is told at once, and no value of it', () => {
  const env = {
    PORT: '65536',
    HOST: 'a b',
    SECRET_KEY: 'too-short',
    QUOTA_DEFAULT: '-1',
    SESSION_HOURS: '169',
    ROLES: 'api,cook',
    SANDBOX: 'yes'
  }
  assert.deepEqual(faultsOf(env).sort(), Object.keys(env).sort())
  assert.throws(
    () => readConfig({ SECRET_KEY: 'too-short' }, []),
    error => !String(error).includes('too-short')
  )
})

test('production needs a key and an https address, except on the machine itself', () => {
  const env = { NODE_ENV: 'production', SECRET_KEY: KEY }
  assert.deepEqual(faultsOf({ NODE_ENV: 'production' }), ['PUBLIC_URL', 'SECRET_KEY'])
  assert.deepEqual(faultsOf({ ...env, PUBLIC_URL: 'http://up.example.com' }), ['PUBLIC_URL'])
  assert.deepEqual(faultsOf({ ...env, PUBLIC_URL: 'http://127.0.0.1:3000' }), [])
})

test('an empty variable is an unset one', () => {
  assert.deepEqual(readConfig({ PORT: '', SANDBOX: ' ', DATABASE_URL: '' }, []), readConfig({}, []))
})

test('several secret keys: the first seals, all open', () => {
  const { secretKeys } = readConfig({ SECRET_KEY: `${KEY}, ${KEY}2` }, [])
  assert.deepEqual(
    secretKeys.map(key => key.reveal()),
    [KEY, `${KEY}2`]
  )
  assert.deepEqual(faultsOf({ SECRET_KEY: `${KEY},` }), ['SECRET_KEY'])
})

test('half of a platform’s pair is a fault, and names the missing half', () => {
  assert.deepEqual(faultsOf({ EXAMPLE_CLIENT_ID: 'id' }), ['EXAMPLE_CLIENT_SECRET'])
  assert.deepEqual(faultsOf({ TWO_WORDS_CLIENT_SECRET: 'secret' }), ['TWO_WORDS_CLIENT_ID'])
  const crossed = { TWO_WORDS_CLIENT_ID: 'id', TWO_WORDS_OTHER_CLIENT_SECRET: 'secret' }
  assert.deepEqual(faultsOf(crossed), ['TWO_WORDS_OTHER_CLIENT_ID', 'TWO_WORDS_CLIENT_SECRET'])
})

test('each way to sign in has its own app, and none takes another one’s', () => {
  const ids = (env: NodeJS.ProcessEnv) => {
    const { clients } = readConfig(env, [twoWords]).platforms['two-words'] ?? {}
    return Object.fromEntries(Object.entries(clients ?? {}).map(([way, { id }]) => [way, id]))
  }
  const own = { TWO_WORDS_CLIENT_ID: 'a', TWO_WORDS_CLIENT_SECRET: 'secret' }
  const other = { TWO_WORDS_OTHER_CLIENT_ID: 'b', TWO_WORDS_OTHER_CLIENT_SECRET: 'secret' }
  assert.deepEqual(ids({ ...own, ...other }), { other: 'b', 'two-words': 'a' })
  assert.deepEqual([ids(own), ids(other), ids({})], [{ 'two-words': 'a' }, { other: 'b' }, {}])
  const first = readConfig({ EXAMPLE_CLIENT_ID: 'a', EXAMPLE_CLIENT_SECRET: 'secret' }, [example]).platforms.example
  assert.deepEqual([first?.clients.google?.id, first?.clients.google?.secret.reveal()], ['a', 'secret'])
})

test('hosts are host names and base URLs', () => {
  const hosts = (value: string) => readConfig({ EXAMPLE_HOSTS: value }, [example]).platforms.example?.hosts
  assert.deepEqual(hosts('{"api.example.com":"http://127.0.0.1:9100/h/api.example.com/"}'), {
    'api.example.com': 'http://127.0.0.1:9100/h/api.example.com'
  })
  for (const bad of ['not json', '[]', '{"https://a.com":"http://b"}', '{"a.com":"b.com"}', '{"a.com":1}'])
    assert.deepEqual(faultsOf({ EXAMPLE_HOSTS: bad }), ['EXAMPLE_HOSTS'], bad)
})

test('a secret prints as [secret] in every form', () => {
  const secret = new Secret('hunter2')
  const forms = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    `${secret}`,
    Object.values(secret).join()
  ]
  for (const form of forms) assert.doesNotMatch(form, /hunter2/)
  assert.equal(secret.reveal(), 'hunter2')
})

test('trusted proxies are a count or networks, and nothing else', () => {
  const read = (TRUSTED_PROXIES: string) => readConfig({ TRUSTED_PROXIES }, []).http.trustedProxies
  assert.equal(read('2'), 2)
  assert.deepEqual(read('10.0.0.0/8, 2001:db8::/32,192.0.2.7'), ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'])
  for (const wrong of ['0', '11', 'true', 'proxy.example.com', '10.0.0.0/33', '10.0.0.0/8/1', '10.0.0.0/', '10.0.0.1,'])
    assert.deepEqual(faultsOf({ TRUSTED_PROXIES: wrong }), ['TRUSTED_PROXIES'], wrong)
})

import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, beforeEach, test } from 'node:test'
import { type Connector, openHttp, type Refused } from '@upload24/connectors'
import { testDatabase } from '../../test/database.ts'
import { readConfig } from '../config.ts'
import { createSeal } from '../lib/seal.ts'
import { AddressRefused } from '../net/guard.ts'
import { fenceAfter } from './fence.ts'
import { createPlatforms } from './platforms.ts'

const database = await testDatabase()
const SECRET = 'a secret of more than thirty-two characters'

/** A server inside. `localhost` is a name that leads there, as a platform's could. */
let connections = 0
const server = createServer((_request, response) => response.end('inside'))
server.on('connection', () => connections++)
await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
after(() => server.close().closeAllConnections())
const { port } = server.address() as AddressInfo
beforeEach(() => {
  connections = 0
})

function install(env: Record<string, string>) {
  const read = { NODE_ENV: 'test', SECRET_KEY: SECRET, SANDBOX: 'off', ...env }
  const config = readConfig(read, [{ id: 'example', auths: {} }])
  const platforms = createPlatforms({ config, database, seal: createSeal([SECRET]) })
  after(platforms.close)
  return platforms
}
async function reach(origin: string, env: Record<string, string>): Promise<string> {
  const { body } = await install(env).network.dispatcher(origin).request({ origin, path: '/', method: 'GET' })
  return body.text()
}

test('an address that a platform names and that leads inside is refused before a connection is made', async () => {
  const http = openHttp({
    network: install({}).network,
    connector: { name: 'Example', classify: () => undefined } as unknown as Connector,
    hosts: { api: { url: 'https://api.example.com', token: 'none', also: ['localhost'] } },
    call: 'send',
    commits: true,
    now: new Date(),
    fence: fenceAfter(10)
  })
  // As a name that cannot be reached today: it may lead elsewhere tomorrow, and nothing is in doubt.
  const { kind, code } = await http('api', new URL(`https://localhost:${port}/upload`)).then(
    () => assert.fail('it was sent'),
    (error: Refused) => error.failure
  )
  assert.deepEqual([kind, code], ['retry', 'platform_unreachable'])
  for (const host of ['localhost', '127.0.0.1', '169.254.169.254'])
    await assert.rejects(reach(`http://${host}:${port}`, {}), AddressRefused)
  assert.equal(connections, 0)
})

test('what the operator puts in the place of a host is reached wherever it is, and nothing beside it', async () => {
  const env = { EXAMPLE_HOSTS: JSON.stringify({ 'api.example.com': `http://localhost:${port}/api` }) }
  assert.equal(await reach(`http://localhost:${port}`, env), 'inside')
  connections = 0
  for (const other of [`http://127.0.0.1:${port}`, `http://localhost:${port === 65_535 ? 1 : port + 1}`])
    await assert.rejects(reach(other, env), AddressRefused)
  assert.equal(connections, 0)
})

test('the sandbox is reached while there is one', async () => {
  const PUBLIC_URL = `http://localhost:${port}`
  assert.equal(await reach(PUBLIC_URL, { PUBLIC_URL, SANDBOX: 'on' }), 'inside')
  connections = 0
  await assert.rejects(reach(PUBLIC_URL, { PUBLIC_URL, SANDBOX: 'off' }), AddressRefused)
  assert.equal(connections, 0)
})

test('connections that were let through are kept: the guard looks at each once', async () => {
  const origin = `http://localhost:${port}`
  const dispatcher = install({ PUBLIC_URL: origin, SANDBOX: 'on' }).network.dispatcher(origin)
  for (let nth = 1; nth <= 20; nth++) await (await dispatcher.request({ origin, path: '/', method: 'GET' })).body.text()
  // A pool opens another one where the first is not yet given back.
  assert.ok(connections <= 2, `${connections}`)
})

import assert from 'node:assert/strict'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { buildConnector } from 'undici'
import { isPublicAddress } from './addresses.ts'
import { AddressRefused, guardedAgent } from './guard.ts'
import { refuseUrl } from './url.ts'

const refused: readonly [url: string, why: string][] = [
  ['http://127.0.0.1/', 'loopback'],
  ['http://127.1/', 'loopback, short'],
  ['http://127.0.1/', 'loopback, three parts'],
  ['http://2130706433/', 'loopback, decimal'],
  ['http://0x7f000001/', 'loopback, hexadecimal'],
  ['http://0x7f.0.0.1/', 'loopback, a hexadecimal part'],
  ['http://017700000001/', 'loopback, octal'],
  ['http://0177.0.0.01/', 'loopback, octal parts'],
  ['http://127.0.0.1./', 'loopback, a dot at the end'],
  ['http://１２７.０.０.１/', 'loopback, full-width digits'],
  ['http://①②⑦.⓪.⓪.①/', 'loopback, circled digits'],
  ['http://127。0。0。1/', 'loopback, ideographic dots'],
  ['http://%31%32%37.0.0.1/', 'loopback, percent-encoded'],
  ['http://127.255.255.254/', 'loopback, its other end'],
  ['http://0.0.0.0/', 'unspecified'],
  ['http://0/', 'unspecified, short'],
  ['http://0.1.2.3/', '"this network"'],
  ['http://10.0.0.1/', 'private'],
  ['http://172.16.0.1/', 'private'],
  ['http://172.31.255.255/', 'private'],
  ['http://192.168.1.1/', 'private'],
  ['http://3232235777/', 'private, decimal'],
  ['http://169.254.169.254/latest/meta-data/', 'metadata of AWS, Google, Azure'],
  ['http://2852039166/', 'metadata, decimal'],
  ['http://0xa9fea9fe/', 'metadata, hexadecimal'],
  ['http://0251.0376.0251.0376/', 'metadata, octal'],
  ['http://100.100.100.200/', 'metadata of Alibaba (CGNAT)'],
  ['http://192.0.0.192/', 'metadata of Oracle'],
  ['http://168.63.129.16/', 'host of Azure'],
  ['http://100.64.0.1/', 'CGNAT'],
  ['http://192.0.2.1/', 'documentation'],
  ['http://198.18.0.1/', 'benchmarking'],
  ['http://198.51.100.1/', 'documentation'],
  ['http://203.0.113.9/', 'documentation'],
  ['http://224.0.0.1/', 'multicast'],
  ['http://239.255.255.250/', 'multicast'],
  ['http://240.0.0.1/', 'reserved'],
  ['http://255.255.255.255/', 'broadcast'],
  ['http://[::1]/', 'loopback'],
  ['http://[0:0:0:0:0:0:0:1]/', 'loopback, in full'],
  ['http://[::]/', 'unspecified'],
  ['http://[::ffff:127.0.0.1]/', 'mapped'],
  ['http://[::ffff:7f00:1]/', 'mapped, hexadecimal'],
  ['http://[::ffff:169.254.169.254]/', 'mapped metadata'],
  ['http://[::ffff:8.8.8.8]/', 'mapped, whatever it maps'],
  ['http://[::127.0.0.1]/', 'IPv4-compatible'],
  ['http://[::ffff:0:127.0.0.1]/', 'translated'],
  ['http://[64:ff9b::7f00:1]/', 'NAT64'],
  ['http://[64:ff9b::a9fe:a9fe]/', 'NAT64 of the metadata'],
  ['http://[64:ff9b:1::7f00:1]/', 'local NAT64'],
  ['http://[2002:7f00:1::]/', '6to4'],
  ['http://[2002:a9fe:a9fe::]/', '6to4 of the metadata'],
  ['http://[2001:0:4136:e378:8000:63bf:80ff:fffe]/', 'Teredo'],
  ['http://[2a00:1450:4001:81b:0:5efe:7f00:1]/', 'ISATAP'],
  ['http://[fe80::5efe:10.0.0.1]/', 'ISATAP, link-local'],
  ['http://[fc00::1]/', 'ULA'],
  ['http://[fd00:ec2::254]/', 'metadata of AWS over IPv6'],
  ['http://[fe80::1]/', 'link-local'],
  ['http://[fec0::1]/', 'site-local'],
  ['http://[ff02::1]/', 'multicast'],
  ['http://[100::1]/', 'discard'],
  ['http://[2001:db8::1]/', 'documentation'],
  ['http://[3fff::1]/', 'documentation'],
  ['http://[5f00::1]/', 'segment routing'],
  ['http://[4000::1]/', 'not handed out to anybody'],
  ['http://localhost/', 'a name of the machine'],
  ['http://LOCALHOST./', 'a name of the machine'],
  ['http://app.localhost/', 'a name of the machine'],
  ['http://metadata.google.internal/computeMetadata/v1/', 'a name inside'],
  ['http://printer.local/', 'a name inside'],
  ['http://db/', 'a name without a dot'],
  ['https://user@example.com/', 'a user name'],
  ['https://example.com@127.0.0.1/', 'the host is what follows the @'],
  ['https://:secret@example.com/', 'a password'],
  ['http://example.com:22/', 'a port of another service'],
  ['http://example.com:6379/', 'a port of another service'],
  ['http://example.com:25/', 'a port of another service'],
  ['ftp://example.com/film.mp4', 'another protocol'],
  ['file:///etc/passwd', 'another protocol'],
  ['gopher://example.com/', 'another protocol'],
  ['data:video/mp4;base64,AAAA', 'another protocol'],
  ['http:\\\\127.0.0.1\\', 'backslashes'],
  ['http:/127.0.0.1/', 'one slash'],
  ['http://127.0.0.1#@example.com/', 'a fragment that looks like a host'],
  ['http://127.0.0.1\t/', 'a tab, which URL parsers drop']
]

for (const [url, why] of refused) {
  test(`${JSON.stringify(url)} is refused: ${why}`, () => {
    assert.ok(refuseUrl(new URL(url)), new URL(url).href)
  })
}

test('public addresses on the ports of the web are taken', () => {
  for (const url of [
    'https://example.com/film.mp4?sig=1',
    'http://example.com:8080/film.mp4',
    'https://93.184.215.14/film.mp4',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/film.mp4',
    'https://xn--bcher-kva.example/film.mp4'
  ]) {
    assert.equal(refuseUrl(new URL(url)), null, url)
  }
})

test('what is no plain address is not public', () => {
  for (const text of ['', 'example.com', '127.1', '0x8.8.8.8', '8.8.8', '010.8.8.8', '2606:2800::1%eth0', '8.8.8.8 '])
    assert.equal(isPublicAddress(text), false, text)
  for (const text of ['8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:2800:220:1::1'])
    assert.equal(isPublicAddress(text), true, text)
})

/** A server on loopback that counts who reached it. */
async function openInside() {
  let count = 0
  const server: Server = createServer((_request, response) => {
    count++
    response.end('inside')
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  after(() => server.close())
  return { port: (server.address() as AddressInfo).port, count: () => count }
}
const inside = await openInside()
const dial = buildConnector({ allowH2: false })

async function ask(agent: ReturnType<typeof guardedAgent>, origin: string) {
  try {
    const { statusCode, body } = await agent.request({ origin, path: '/', method: 'GET' })
    await body.text()
    return statusCode
  } catch (error) {
    return error as Error
  }
}

test('a name is resolved once: what a rebinding name server answers later is never asked for', async () => {
  const answers = [['192.0.2.1'], ['127.0.0.1']]
  const publicFirst = [['203.0.113.7', '8.8.8.8'], ['127.0.0.1']]
  for (const sequence of [answers, publicFirst]) {
    let asked = 0
    const agent = guardedAgent({ resolve: async () => sequence[asked++] as string[] })
    assert.ok((await ask(agent, `http://rebind.test:${inside.port}`)) instanceof AddressRefused)
    assert.equal(asked, 1)
    await agent.destroy()
  }
  assert.equal(inside.count(), 0)
})

test('the connection is made to the address that was checked, not to the name, and in turn to each of them', async t => {
  let asked = 0
  const resolve = async () => (asked++ === 0 ? ['8.8.8.8', '2606:2800:220:1::1'] : ['127.0.0.1'])
  const dialled: unknown[] = []
  const agent = guardedAgent({
    resolve,
    connect({ hostname, servername }, done) {
      dialled.push([hostname, servername])
      done(new Error('nobody answers'), null)
    }
  })
  t.after(() => agent.destroy())
  assert.match(String(await ask(agent, 'https://rebind.test')), /nobody answers/)
  const name = 'rebind.test'
  assert.deepEqual(dialled, [
    ['8.8.8.8', name],
    ['2606:2800:220:1::1', name]
  ])
  assert.equal(asked, 1)
})

test('a connection that ended inside all the same is closed before anything is written', async t => {
  const agent = guardedAgent({
    resolve: async () => ['8.8.8.8'],
    connect: (about, done) => dial({ ...about, hostname: '127.0.0.1' }, done)
  })
  t.after(() => agent.destroy())
  assert.ok((await ask(agent, `http://crooked.test:${inside.port}`)) instanceof AddressRefused)
  assert.equal(inside.count(), 0)
})

test('one private address among public ones is enough to refuse the name', async t => {
  for (const other of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.1.2.3', '169.254.169.254', 'fe80::1%lo']) {
    const agent = guardedAgent({ resolve: async () => ['8.8.8.8', other] })
    t.after(() => agent.destroy())
    assert.ok((await ask(agent, `http://both.test:${inside.port}`)) instanceof AddressRefused, other)
  }
  assert.equal(inside.count(), 0)
})

test('an address in the URL itself is checked at the connection too', async t => {
  const agent = guardedAgent()
  t.after(() => agent.destroy())
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', 'localhost'])
    assert.ok((await ask(agent, `http://${host}:${inside.port}`)) instanceof AddressRefused, host)
  assert.equal(inside.count(), 0)
})

test('what is exempt by its name and port is reached, and by no other name', async t => {
  const agent = guardedAgent({
    resolve: async () => ['127.0.0.1'],
    isExempt: ({ hostname, port }) => hostname === 'files.test' && port === inside.port
  })
  t.after(() => agent.destroy())
  assert.equal(await ask(agent, `http://files.test:${inside.port}`), 200)
  assert.ok((await ask(agent, `http://other.test:${inside.port}`)) instanceof AddressRefused)
  assert.equal(inside.count(), 1)
})

test('an address is exempt by its name and port, whatever leads to the same machine', () => {
  const isExempt = ({ hostname, port }: { hostname: string; port: number }) => hostname === '127.0.0.1' && port === 3000
  assert.equal(refuseUrl(new URL('http://127.0.0.1:3000/sandbox/'), isExempt), null)
  for (const other of ['http://127.0.0.1:3001/', 'http://localhost:3000/', 'http://127.0.0.2:3000/'])
    assert.ok(refuseUrl(new URL(other), isExempt), other)
})

test('a name server that never answers ends in an error', async t => {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const agent = guardedAgent({ resolve: () => new Promise(() => {}) })
  const asking = ask(agent, 'http://slow.test')
  await new Promise(setImmediate)
  t.mock.timers.tick(10_000)
  assert.match(String(await asking), /not resolved in time/)
  t.mock.timers.reset()
  await agent.destroy()
})

test('an address that does not answer holds up the next one for a moment only, of the other family first', async t => {
  const dialled: { readonly hostname: string; readonly at: number }[] = []
  let answer: (() => void) | undefined
  const agent = guardedAgent({
    resolve: async () => ['2606:2800:220:1::1', '2606:2800:220:1::2', '8.8.8.8'],
    isExempt: () => true,
    connect(about, done) {
      dialled.push({ hostname: about.hostname, at: performance.now() })
      // The first one answers too, when it is too late.
      if (dialled.length === 1) answer = () => dial({ ...about, hostname: '127.0.0.1' }, done)
      else dial({ ...about, hostname: '127.0.0.1' }, done)
    }
  })
  t.after(() => agent.destroy())
  const [before, began] = [inside.count(), performance.now()]
  assert.equal(await ask(agent, `http://slow.test:${inside.port}`), 200)
  // Less than a connection may take in all.
  assert.ok(performance.now() - began < 10_000)
  answer?.()
  const [first, second, ...more] = dialled
  assert.deepEqual([first?.hostname, second?.hostname, inside.count() - before], ['2606:2800:220:1::1', '8.8.8.8', 1])
  // Where the second one too was slow to answer, it was given its time.
  assert.ok(more.every(({ at }) => at - (second?.at ?? at) >= 240))
})

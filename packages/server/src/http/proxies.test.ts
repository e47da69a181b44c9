import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { pino } from 'pino'
import { readConfig } from '../config.ts'
import { createHttp } from './server.ts'

/** Asks a server that trusts so; answers the address that it takes the caller for. */
async function askedBy(trusted: string | undefined, forwarded: string | undefined): Promise<string> {
  const config = readConfig(trusted === undefined ? {} : { TRUSTED_PROXIES: trusted }, [])
  const http = await createHttp({ config, log: pino({ level: 'silent' }) })
  after(() => http.close())
  http.get('/me', async request => ({ ip: request.ip }))
  const base = await http.listen({ host: '127.0.0.1', port: 0 })
  const answer = await fetch(`${base}/me`, { headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } })
  return ((await answer.json()) as { ip: string }).ip
}

test('without trusted proxies nobody can choose an address', async () => {
  assert.equal(await askedBy(undefined, '203.0.113.9'), '127.0.0.1')
})

test('of a trusted proxy the client is believed, and not what the client itself put in front', async () => {
  assert.equal(await askedBy('127.0.0.0/8', '198.51.100.1, 203.0.113.9'), '203.0.113.9')
  assert.equal(await askedBy('127.0.0.1,10.0.0.0/8', '198.51.100.1, 203.0.113.9, 10.1.2.3'), '203.0.113.9')
  assert.equal(await askedBy('127.0.0.1', undefined), '127.0.0.1')
})

test('a proxy from elsewhere is a client like any other', async () => {
  assert.equal(await askedBy('10.0.0.0/8', '203.0.113.9'), '127.0.0.1')
})

test('a count believes so many steps, and no more', async () => {
  assert.equal(await askedBy('1', '198.51.100.1, 203.0.113.9'), '203.0.113.9')
  assert.equal(await askedBy('2', '198.51.100.1, 203.0.113.9, 10.1.2.3'), '203.0.113.9')
})

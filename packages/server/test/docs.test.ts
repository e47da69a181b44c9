import assert from 'node:assert/strict'
import { subscribe } from 'node:diagnostics_channel'
import { test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { connectors } from '@upload24/connectors'
import { endpoints, problems } from '@upload24/contract'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import { createApi } from '../src/api.ts'
import { readConfig } from '../src/config.ts'
import { announce } from '../src/db/presence.ts'
import { createPlatforms } from '../src/platforms/platforms.ts'
import { createApp } from '../src/system.ts'
import { testDatabase } from './database.ts'
import { makeFolder } from './processes.ts'

const PUBLIC_URL = 'https://upload.example.com'
const database = await testDatabase()
const folder = await makeFolder()
const env = {
  NODE_ENV: 'test',
  SECRET_KEY: 'a secret of more than thirty-two characters',
  PUBLIC_URL,
  DATA_DIR: folder.path
}
const { app, disk } = await createApp(
  readConfig({ ...env, SANDBOX: 'on' }, Object.values(connectors)),
  pino({ level: 'silent' }),
  database
)
const presence = await announce(database, () => {})
const platforms = createPlatforms(app)
const served: string[] = []
// Fastify tells of each new instance: a hook that is there before the first route hears of all.
subscribe('fastify.initialization', message => {
  const { fastify } = message as { fastify: FastifyInstance }
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) served.push(`${each} ${url.replace(/:(\w+)/g, '{$1}')}`)
  })
})
const http = await createApi(app, platforms, presence, disk)
await http.ready()

test.after(async () => {
  await http.close()
  await platforms.close()
  await presence.stop()
  await folder.remove()
})

const get = (url: string) => http.inject({ method: 'GET', url })
const document = (await get('/openapi.json')).json()
const pages = await readPages()

/** Every page that a reader can come to from the first one. */
async function readPages(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const waiting = ['/']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path)) continue
    const answer = await get(path)
    assert.equal(answer.statusCode, 200, path)
    found.set(path, answer.body)
    for (const [, href = ''] of answer.body.matchAll(/ href="(\/docs[^"#]*)/g)) waiting.push(href)
  }
  return found
}

test('the document that is served is valid OpenAPI 3.1, with the options of the real platforms', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(document))
  assert.deepEqual([valid, errors], [true, undefined])
  assert.equal(document.servers[0].url, PUBLIC_URL)
  const options = document.components.schemas.YoutubeOptions
  assert.equal(options.additionalProperties, false)
  assert.deepEqual(Object.keys(options.examples[0]), ['categoryId', 'defaultLanguage', 'defaultAudioLanguage'])
})

test('every route of the server is in the document, and every endpoint of the document is a route', () => {
  const described = Object.entries(document.paths as Record<string, object>).flatMap(([path, operations]) =>
    Object.keys(operations).map(method => `${method.toUpperCase()} ${path}`)
  )
  assert.deepEqual(served.filter(route => !isOutside(route)).sort(), described.sort())
  assert.equal(described.length, endpoints.length)
})

/** Pages for people and probes, and what platforms and the object store speak: no part of the contract. */
const isOutside = (route: string) =>
  / \/($|docs|assets\/|icon\.svg|theme\.js|sample\.mp4|openapi\.json|healthz|readyz|metrics|storage\/|sandbox\/\{platform\}\/h\/|accounts\/(callback|link)\/)/.test(
    route
  ) || route.startsWith('HEAD ')

test('every page is one document by itself: no script, nothing of anybody else', async () => {
  assert.ok(pages.size >= 12, [...pages.keys()].join())
  const { headers } = await get('/docs')
  assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-[^']+'; /)
  assert.match(String(headers['content-type']), /^text\/html/)
  for (const [path, html] of pages) {
    assert.doesNotMatch(html, /<script|<img|<link|<iframe|style="|javascript:/, path)
    assert.doesNotMatch(html, /\{\{|undefined|\[object/, path)
  }
})

test('every link of the docs leads to a page and a place that exist', () => {
  for (const [path, html] of pages) {
    for (const [, href = ''] of html.matchAll(/ href="([^"]*)"/g)) {
      if (href === '/openapi.json') continue
      assert.match(href, /^[/#]/, path)
      const [page = '', anchor] = href.split('#')
      const target = pages.get(page === '' ? path : page)
      assert.notEqual(target, undefined, `${path} → ${href}`)
      if (anchor) assert.ok(target?.includes(`id="${anchor}"`), `${path} → ${href}`)
    }
  }
})

test('ids on a page are its own', () => {
  for (const [path, html] of pages) {
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(match => match[1])
    assert.deepEqual(ids, [...new Set(ids)], path)
  }
})

test('the type of every problem leads to its entry', async () => {
  for (const code of Object.keys(problems)) assert.ok(pages.get('/docs/errors')?.includes(`id="${code}"`), code)
  const { type } = (await get('/no/such/place')).json()
  assert.equal(type, `${PUBLIC_URL}/docs/errors#not_found`)
})

test('the reference names every endpoint', () => {
  for (const { method, path, summary } of endpoints) {
    const reference = pages.get('/docs/reference') ?? ''
    assert.ok(reference.includes(`<span class="verb">${method}</span> <span class="path">${path}</span>`), summary)
  }
})

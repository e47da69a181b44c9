import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { buildDashboard } from '../../../scripts/build-dashboard.ts'

const dist = join(import.meta.dirname, '../dist')
/** Bytes, compressed, of all scripts that must be there before a page is drawn. */
const MOST = 150_000

await buildDashboard()
const html = readFileSync(join(dist, 'index.html'), 'utf8')

test('what every page loads is at most 150 kB, compressed', t => {
  const scripts = [...html.matchAll(/(?:src|href)="\/(assets\/[^"]+\.js)"/g)].map(([, path]) => path as string)
  assert.ok(scripts.length >= 1, html)
  const bytes = scripts.reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path)), { level: 9 }).length, 0)
  t.diagnostic(`${bytes} bytes in ${scripts.length} scripts`)
  assert.ok(bytes <= MOST, `${bytes} bytes`)
})

test('no page has an inline script, and nothing names another host’s script, font or picture', () => {
  assert.doesNotMatch(html, /<script(?![^>]*\ssrc=)/)
  for (const file of globSync('**/*.{html,css}', { cwd: dist })) {
    assert.doesNotMatch(readFileSync(join(dist, file), 'utf8'), /(?:src|href)="https?:|url\(["']?https?:|@import/, file)
  }
})

import assert from 'node:assert/strict'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { prepareDemo } from '../src/demo/demo.ts'
import { demoEnvPath, readDemoEnv } from '../src/demo/env-file.ts'
import { readId } from '../src/lib/ids.ts'
import { testDatabase } from './database.ts'
import { openDeliveryWorld } from './delivery-world.ts'

const { pool, ...database } = await testDatabase()
const { app, platforms } = await openDeliveryWorld({ pool, ...database })

const platformOf = async (accountId = '') => {
  const { rows } = await pool.query('select platform, auth from accounts where id = $1', [readId('account', accountId)])
  return `${rows[0]?.platform} ${rows[0]?.auth}`
}

test('the demo workspace has three accounts of one platform and one of each other, and an older file is completed', async () => {
  const made = await prepareDemo(app, platforms)
  const accounts = Object.entries(made).filter(([name]) => name.startsWith('ACCOUNT_'))
  const found = await Promise.all(accounts.map(async ([name, id]) => `${name} ${await platformOf(id)}`))
  assert.deepEqual(found.sort(), [
    'ACCOUNT_1 youtube google',
    'ACCOUNT_2 youtube google',
    'ACCOUNT_3 youtube google',
    'ACCOUNT_INSTAGRAM instagram facebook',
    'ACCOUNT_TIKTOK tiktok tiktok'
  ])
  assert.equal(new Set(accounts.map(([, id]) => id)).size, 5)

  const path = demoEnvPath(app.config.dataDir)
  const old = (await readFile(path, 'utf8')).replace(/^ACCOUNT_(TIKTOK|INSTAGRAM)=.*\n/gm, '')
  assert.doesNotMatch(old, /TIKTOK/)
  await writeFile(path, old)
  await prepareDemo(app, platforms)
  const { JWT, ...again } = (await readDemoEnv(app.config.dataDir)) ?? {}
  assert.deepEqual({ ...again, JWT: made.JWT }, made)
  assert.ok(JWT)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
})

import assert from 'node:assert/strict'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { linkOne } from '../../test/linked-account.ts'
import { openLinkingWorld, SECRET } from '../../test/linking-world.ts'
import { createSeal } from '../lib/seal.ts'
import { openTokens } from './grant.ts'
import { accessToken } from './tokens.ts'

const database = await testDatabase()
const world = await openLinkingWorld(database)
const { app, platforms } = world
const { pool } = database
const newAccount = () => linkOne(world, database)

test('after SECRET_KEY was replaced, old grants still open and new ones need the new key', async () => {
  const { account, age, row } = await newAccount()
  const rotated = { ...app, seal: createSeal(['another secret of more than thirty-two characters', SECRET]) }
  await age(400)
  assert.ok(await accessToken(rotated, platforms, account))
  assert.ok(openTokens(rotated.seal, account.id, (await row()).tokens as Buffer))
})

test('no token stands readable in the database or in the log', async () => {
  const { account, age, tokens, link, endGrant } = await newAccount()
  await age(-1)
  await accessToken(app, platforms, account)
  const seen = [await tokens()]
  await link()
  seen.push(await tokens())
  await endGrant()
  const secrets = seen.flatMap(({ access, refresh }) => [access, refresh as string])
  const { rows: tables } = await pool.query(
    `select table_name as name from information_schema.tables where table_schema = 'public'`
  )
  let dump = ''
  for (const { name } of tables) {
    const { rows } = await pool.query(`select t::text as line from ${name} t`)
    dump += rows.map(({ line }) => line).join('\n')
  }
  assert.match(dump, new RegExp(account.id))
  for (const word of [...secrets, 'ya29.', '1//0', 'verifier', 'code_challenge', 'sandbox-channel-9']) {
    assert.ok(!dump.includes(word), 'the database shows a secret')
    assert.ok(!dump.includes(Buffer.from(word).toString('hex')), 'the database shows a secret as bytes')
  }
  const log = world.log()
  assert.match(log, /an account was linked/)
  for (const word of [...secrets, 'ya29.', '1//0', 'code=', 'state=', 'client_secret'])
    assert.ok(!log.includes(word), word)
})

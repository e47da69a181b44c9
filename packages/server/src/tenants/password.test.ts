import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { openPeopleWorld } from '../../test/people-world.ts'

const database = await testDatabase()
const post = await listen()
test.after(() => post.close())
const { ask, newUser, log } = await openPeopleWorld(database, { SMTP_URL: `smtp://127.0.0.1:${post.port}` })

test('a forgotten password is replaced through the mailed link, once, and every session ends', async () => {
  const { email, cookie } = await newUser()
  const unknown = await ask('POST', '/auth/forgot', { body: { email: 'nobody@example.com' } })
  const known = await ask('POST', '/auth/forgot', { body: { email } })
  assert.deepEqual([known.status, known.body], [202, undefined])
  assert.deepEqual([unknown.status, unknown.body], [known.status, known.body])
  const letter = await post.next()
  assert.match(letter, new RegExp(`To: ${email}`))
  assert.match(letter, /From: Upload24 <no-reply@127\.0\.0\.1>/)
  const token = linkIn(letter).searchParams.get('token') as string
  assert.ok(!log().includes(token))
  const stored = await database.pool.query('select identifier from verifications')
  assert.ok(stored.rows.every(row => !row.identifier.includes(token)))

  const password = 'an entirely new one'
  assert.equal((await ask('POST', '/auth/reset', { body: { token, password: 'short' } })).status, 422)
  assert.equal((await ask('POST', '/auth/reset', { body: { token, password } })).status, 204)
  const again = await ask('POST', '/auth/reset', { body: { token, password } })
  assert.deepEqual([again.status, again.body.errors[0].path], [422, 'token'])
  assert.equal((await ask('POST', '/auth/refresh', { cookie })).status, 401)
  assert.equal((await ask('POST', '/auth/sign-in', { body: { email, password: 'correct horse battery' } })).status, 401)
  assert.equal((await ask('POST', '/auth/sign-in', { body: { email, password } })).status, 200)
})

test('an invitation is mailed, and is in the answer too', async () => {
  const { token } = await newUser()
  const { body } = await ask('POST', '/workspace/invitations', { token, body: { email: 'guest@example.com' } })
  const letter = await post.next()
  assert.match(letter, /Subject: Join Engines on Upload24/)
  assert.equal(linkIn(letter).href, body.url)
  assert.equal(body.isMailed, true)
})

test('without mail the link is printed in development, and in production only that it was not sent', async () => {
  const links: Record<string, string> = { development: '', production: '' }
  for (const environment of Object.keys(links)) {
    const world = await openPeopleWorld(database, { NODE_ENV: environment, SIGN_UP: 'open' })
    const { email } = await world.newUser({ email: `${environment}@example.com` })
    await world.ask('POST', '/auth/forgot', { body: { email } })
    while (!world.log().includes('mail is not set up')) await new Promise(setImmediate)
    links[environment] = /reset-password\?token=[\w-]+/.exec(world.log())?.[0] ?? ''
  }
  assert.match(links.development as string, /token=.{20}/)
  assert.equal(links.production, '')
})

function linkIn(letter: string): URL {
  const text = letter.replaceAll('=\r\n', '').replaceAll('=3D', '=')
  return new URL(/http:\S+/.exec(text)?.[0] ?? 'missing:')
}

/** As much of an SMTP server as takes letters. */
async function listen() {
  const letters: string[] = []
  const waiting: ((letter: string) => void)[] = []
  const server = createServer(socket => {
    let text = ''
    let isData = false
    socket.write('220 test\r\n')
    socket.on('error', () => {})
    socket.on('data', chunk => {
      text += chunk
      for (
        let end = text.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        end >= 0;
        end = text.indexOf(isData ? '\r\n.\r\n' : '\r\n')
      ) {
        const piece = text.slice(0, end)
        text = text.slice(end + (isData ? 5 : 2))
        if (isData) {
          const waiter = waiting.shift()
          if (waiter) waiter(piece)
          else letters.push(piece)
          isData = false
          socket.write('250 taken\r\n')
        } else if (/^data/i.test(piece)) {
          isData = true
          socket.write('354 go on\r\n')
        } else if (/^quit/i.test(piece)) socket.end('221 bye\r\n')
        else socket.write('250 ok\r\n')
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    next: () =>
      new Promise<string>(resolve => (letters.length > 0 ? resolve(letters.shift() as string) : waiting.push(resolve))),
    close: () => server.close()
  }
}

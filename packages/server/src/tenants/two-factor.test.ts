import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import test from 'node:test'
import { testDatabase } from '../../test/database.ts'
import { cookieOf, openPeopleWorld } from '../../test/people-world.ts'
import { until } from '../../test/processes.ts'

const database = await testDatabase()
const SECRET = 'a secret of more than thirty-two characters'
const world = await openPeopleWorld(database)
const { ask, newUser } = world

const stepNow = () => Math.floor(Date.now() / 30_000)

/** RFC 6238 with SHA-1, six digits and 30 s, as authenticator apps do; `step`: so many steps from now. */
function codeOf(secret: string, step = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replace(/=+$/, '')].map(each => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map(each => Number.parseInt(each, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(stepNow() + step))
  const digest = createHmac('sha1', key).update(counter).digest()
  const at = (digest.at(-1) as number) & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const begin = (token: string, password: string) => ask('POST', '/auth/two-factor', { token, body: { password } })

/** A user whose second factor is on; the code of this moment is spent. */
async function protectedUser() {
  const user = await newUser()
  const { secret, backupCodes } = (await begin(user.token, user.password)).body
  const confirm = async () => {
    const body = { code: codeOf(secret, -1) }
    return ask('POST', '/auth/two-factor/confirm', { token: user.token, body })
  }
  // The code of the step before grows too old on its way, where the present step ends just then.
  const began = stepNow()
  let confirmed = await confirm()
  if (stepNow() !== began && confirmed.status === 422) confirmed = await confirm()
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body))
  return { ...user, secret, backupCodes, token: confirmed.body.accessToken as string, cookie: cookieOf(confirmed) }
}
type Protected = Awaited<ReturnType<typeof protectedUser>>
const signIn = ({ email, password }: Protected, code?: string) =>
  ask('POST', '/auth/sign-in', { body: { email, password, ...(code === undefined ? {} : { code }) } })

test('a second factor counts only once a code has confirmed it', async () => {
  const user = await newUser()
  const begun = await begin(user.token, user.password)
  assert.equal(begun.status, 201, JSON.stringify(begun.body))
  assert.match(begun.body.uri, /^otpauth:\/\/totp\/Upload24:.*secret=[A-Z2-7]+/)
  assert.equal(begun.body.backupCodes.length, 10)
  const { email, password } = user
  assert.equal((await ask('POST', '/auth/sign-in', { body: { email, password } })).status, 200)
  const confirm = (code: string) => ask('POST', '/auth/two-factor/confirm', { token: user.token, body: { code } })
  const wrong = await confirm(codeOf(begun.body.secret, 9))
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [422, 'code'])
  const confirmed = await confirm(codeOf(begun.body.secret))
  assert.equal(confirmed.status, 200)
  const { accessToken: token, tenant } = confirmed.body
  assert.deepEqual(tenant, user.answer.body.tenant)
  assert.equal((await ask('GET', '/auth/me', { token })).body.user.hasTwoFactor, true)
  assert.deepEqual((await ask('GET', '/auth/two-factor', { token })).body, { isOn: true, backupCodesLeft: 10 })
  assert.equal((await ask('POST', '/auth/refresh', { cookie: cookieOf(confirmed) })).status, 200)
})

test('preparing needs the password, and again replaces the secret', async () => {
  const { token, password } = await newUser()
  const wrong = await begin(token, 'not this one')
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [422, 'password'])
  const [first, second] = [(await begin(token, password)).body, (await begin(token, password)).body]
  assert.notEqual(first.secret, second.secret)
  const confirm = (code: string) => ask('POST', '/auth/two-factor/confirm', { token, body: { code } })
  assert.equal((await confirm(codeOf(first.secret))).status, 422)
  assert.equal((await confirm(codeOf(second.secret))).status, 200)
})

test('with the password alone nobody gets in, and no cookie is given', async () => {
  const user = await protectedUser()
  const half = await signIn(user)
  assert.deepEqual([half.status, half.body.code], [401, 'two_factor_required'])
  assert.match(half.body.detail, /code/)
  assert.equal(half.headers['set-cookie'], undefined)
  const wrong = await signIn(user, '000000')
  assert.deepEqual([wrong.status, wrong.body.errors[0].path], [422, 'code'])
  assert.equal(wrong.headers['set-cookie'], undefined)
  const { email } = user
  const guessed = await ask('POST', '/auth/sign-in', {
    body: { email, password: 'not this one', code: codeOf(user.secret) }
  })
  assert.equal(guessed.body.code, 'invalid_credentials')
})

test('the same request with a code signs in, and the session is a whole one', async () => {
  const user = await protectedUser()
  const code = codeOf(user.secret)
  const entered = await signIn(user, `${code.slice(0, 3)} ${code.slice(3)}`)
  assert.equal(entered.status, 200, JSON.stringify(entered.body))
  assert.match(cookieOf(entered), /session_token=[^;]{20}/)
  assert.equal((await ask('POST', '/auth/refresh', { cookie: cookieOf(entered) })).status, 200)
  assert.equal((await ask('GET', '/probe/read', { token: entered.body.accessToken })).status, 200)
})

test('a code of the app signs in once, also when it comes twice at once', async () => {
  const user = await protectedUser()
  const code = codeOf(user.secret)
  const answers = await Promise.all([signIn(user, code), signIn(user, code), signIn(user, code)])
  assert.deepEqual(answers.map(each => each.status).sort(), [200, 422, 422])
  assert.equal((await signIn(user, code)).status, 422)
  assert.equal((await signIn(user, codeOf(user.secret, 1))).status, 200)
})

test('a backup code signs in once, also when it comes twice at once', async () => {
  const user = await protectedUser()
  const [code = '', other = ''] = user.backupCodes
  const answers = await Promise.all([signIn(user, code), signIn(user, code)])
  assert.deepEqual(answers.map(each => each.status).sort(), [200, 422])
  assert.equal((await signIn(user, code)).status, 422)
  assert.equal((await signIn(user, ` ${other} `)).status, 200)
  const { body } = await ask('GET', '/auth/two-factor', { token: user.token })
  assert.deepEqual(body, { isOn: true, backupCodesLeft: 8 })
})

test('new backup codes void the old ones', async () => {
  const user = await protectedUser()
  const renew = (password: string) =>
    ask('POST', '/auth/two-factor/backup-codes', { token: user.token, body: { password } })
  assert.equal((await renew('not this one')).body.errors[0].path, 'password')
  const { backupCodes } = (await renew(user.password)).body
  assert.equal((await signIn(user, user.backupCodes[0])).status, 422)
  assert.equal((await signIn(user, backupCodes[0])).status, 200)
})

test('ten wrong codes in a row lock the second factor, whoever sends them', async () => {
  const user = await protectedUser()
  for (let n = 0; n < 10; n++) assert.equal((await signIn(user, `wrong-${n}`)).status, 422)
  const locked = await signIn(user, codeOf(user.secret))
  assert.deepEqual([locked.status, locked.body.code], [429, 'rate_limited'])
  assert.equal(locked.headers['retry-after'], '900')
})

test('turned off with the password, one step is enough again', async () => {
  const user = await protectedUser()
  const disable = (password: string) =>
    ask('POST', '/auth/two-factor/disable', { token: user.token, body: { password } })
  assert.equal((await begin(user.token, user.password)).body.code, 'two_factor_on')
  const body = { code: codeOf(user.secret) }
  assert.equal((await ask('POST', '/auth/two-factor/confirm', { token: user.token, body })).body.code, 'two_factor_on')
  assert.equal((await disable('not this one')).body.errors[0].path, 'password')
  const off = await disable(user.password)
  assert.equal(off.status, 200, JSON.stringify(off.body))
  assert.equal((await ask('GET', '/probe/read', { token: user.token })).status, 401)
  const token = off.body.accessToken
  for (const route of ['disable', 'backup-codes']) {
    const again = await ask('POST', `/auth/two-factor/${route}`, { token, body: { password: user.password } })
    assert.deepEqual([again.status, again.body.code], [409, 'two_factor_off'])
  }
  const early = await ask('POST', '/auth/two-factor/confirm', { token, body: { code: '123456' } })
  assert.equal(early.body.code, 'two_factor_off')
  assert.equal((await signIn(user)).status, 200)
})

test('neither secret nor codes stand in the database or the log, and they outlive a change of SECRET_KEY', async () => {
  const user = await protectedUser()
  const { rows } = await database.pool.query('select secret, backup_codes from two_factors')
  for (const kept of [JSON.stringify(rows), world.log()]) {
    assert.ok(!kept.includes(user.secret))
    for (const code of user.backupCodes) assert.ok(!kept.includes(code))
  }
  const rotated = await openPeopleWorld(database, {}, ['another secret of thirty-two characters', SECRET])
  const { email, password } = user
  for (const code of [codeOf(user.secret), user.backupCodes[0]]) {
    const entered = await rotated.ask('POST', '/auth/sign-in', { body: { email, password, code } })
    assert.equal(entered.status, 200, JSON.stringify(entered.body))
  }
})

test('an invitation is accepted with the second step, not with the first', async () => {
  const [owner, user] = [await newUser(), await protectedUser()]
  const asked = await ask('POST', '/workspace/invitations', { token: owner.token, body: { email: user.email } })
  const invitation = new URL(asked.body.url).searchParams.get('invitation')
  const { email, password } = user
  const half = await ask('POST', '/auth/sign-in', { body: { email, password, invitation } })
  assert.equal(half.body.code, 'two_factor_required')
  const code = codeOf(user.secret)
  const joined = await ask('POST', '/auth/sign-in', { body: { email, password, invitation, code } })
  assert.equal(joined.body.tenant.id, owner.answer.body.tenant.id)
  const renewed = await ask('POST', '/auth/refresh', { cookie: cookieOf(joined) })
  assert.equal(renewed.body.tenant.id, owner.answer.body.tenant.id)
})

test('a new password by mail ends the tokens, and leaves the second factor', async () => {
  const user = await protectedUser()
  const development = await openPeopleWorld(database, { NODE_ENV: 'development' })
  await development.ask('POST', '/auth/forgot', { body: { email: user.email } })
  const linkIn = () => /reset-password\?token=([\w-]+)/.exec(development.log())?.[1]
  await until(() => linkIn() !== undefined, 'the link')
  const password = 'an entirely new one'
  const reset = await ask('POST', '/auth/reset', { body: { token: linkIn(), password } })
  assert.equal(reset.status, 204, JSON.stringify(reset.body))
  assert.equal((await ask('GET', '/probe/read', { token: user.token })).status, 401)
  assert.equal((await signIn({ ...user, password })).body.code, 'two_factor_required')
  assert.equal((await signIn({ ...user, password }, codeOf(user.secret))).status, 200)
})

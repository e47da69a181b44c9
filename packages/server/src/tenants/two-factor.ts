import { createHash } from 'node:crypto'
import type { UserCaller } from '../http/caller.ts'
import { type Problem, problem } from '../http/problem.ts'
import { newId } from '../lib/ids.ts'
import type { Auth, PeopleApp } from './auth.ts'
import { type Entered, reenter } from './enter.ts'
import { findUser } from './queries.ts'
import { refuse, wrongCode, wrongPassword } from './refusals.ts'
import { claimCode } from './session-queries.ts'
import { headersOf, sessionHeaders, type Visitor } from './visitor.ts'

/** Seconds. better-auth locks a user's second factor after ten wrong codes in a row. */
const LOCKED = 15 * 60

const isOn = () => problem('two_factor_on', 'The second factor is on already: turn it off before you set up another.')
const isOff = () => problem('two_factor_off', 'No second factor is set up: prepare one with POST /auth/two-factor.')
const refusals: Readonly<Record<string, () => Problem>> = {
  INVALID_PASSWORD: wrongPassword,
  INVALID_CODE: wrongCode,
  INVALID_BACKUP_CODE: wrongCode,
  // Another request spent a backup code in the same moment.
  CONFLICT: wrongCode,
  TOTP_ALREADY_ENABLED: isOn,
  TOTP_NOT_ENABLED: isOff,
  TWO_FACTOR_NOT_ENABLED: isOff,
  ACCOUNT_TEMPORARILY_LOCKED: () =>
    problem('rate_limited', 'Too many wrong codes in a row: try again in 15 minutes.', {
      headers: { 'retry-after': String(LOCKED) }
    })
}

/** After a right password: checks the code, and makes the session. `first`: better-auth's answer, which holds the way on. */
export async function takeSecondStep(
  app: PeopleApp,
  auth: Auth,
  { email, code }: { email: string; code?: string | undefined },
  first: Headers,
  visitor: Visitor
) {
  if (code === undefined) {
    throw problem('two_factor_required', 'Send the same again with code: what the authenticator app shows now.')
  }
  const cookie = first
    .getSetCookie()
    .map(each => each.split(';')[0] as string)
    .find(each => each.includes('two_factor='))
  const headers = headersOf({ ...visitor, cookie })
  const digits = digitsOf(code)
  if (digits === null) {
    return refuse(auth.api.verifyBackupCode({ body: { code }, headers, returnHeaders: true }), refusals)
  }
  await claim(app, email, digits)
  return refuse(auth.api.verifyTOTP({ body: { code: digits }, headers, returnHeaders: true }), refusals)
}

export async function read(app: PeopleApp, auth: Auth, caller: UserCaller) {
  const user = await findUser(app.database.db, caller.userId)
  if (!user?.hasTwoFactor) return { isOn: false, backupCodesLeft: 0 }
  const { backupCodes } = await auth.api.viewBackupCodes({ body: { userId: caller.userId } })
  return { isOn: true, backupCodesLeft: backupCodes.length }
}

/** Secret and codes are shown here only; they count from `confirm` on. */
export async function begin(app: PeopleApp, auth: Auth, caller: UserCaller, password: string, visitor: Visitor) {
  const headers = await sessionHeaders(app, caller, visitor)
  const made = await refuse(auth.api.enableTwoFactor({ body: { password }, headers }), refusals)
  if (made.method !== 'totp') throw new Error('better-auth has made another factor than asked for')
  const { totpURI: uri, backupCodes } = made
  return { uri, secret: new URL(uri).searchParams.get('secret') ?? '', backupCodes }
}

export async function confirm(
  app: PeopleApp,
  auth: Auth,
  caller: UserCaller,
  code: string,
  visitor: Visitor
): Promise<Entered> {
  const headers = await sessionHeaders(app, caller, visitor)
  const user = await findUser(app.database.db, caller.userId)
  if (!user || user.hasTwoFactor) throw isOn()
  await claim(app, user.email, code)
  const answer = await refuse(auth.api.verifyTOTP({ body: { code }, headers, returnHeaders: true }), refusals)
  return reenter(app, caller, answer.headers)
}

export async function disable(
  app: PeopleApp,
  auth: Auth,
  caller: UserCaller,
  password: string,
  visitor: Visitor
): Promise<Entered> {
  const headers = await sessionHeaders(app, caller, visitor)
  await requireOn(app, caller)
  const answer = await refuse(auth.api.disableTwoFactor({ body: { password }, headers, returnHeaders: true }), refusals)
  return reenter(app, caller, answer.headers)
}

export async function renewCodes(app: PeopleApp, auth: Auth, caller: UserCaller, password: string, visitor: Visitor) {
  const headers = await sessionHeaders(app, caller, visitor)
  await requireOn(app, caller)
  const { backupCodes } = await refuse(auth.api.generateBackupCodes({ body: { password }, headers }), refusals)
  return { backupCodes }
}

async function requireOn(app: PeopleApp, caller: UserCaller): Promise<void> {
  if (!(await findUser(app.database.db, caller.userId))?.hasTwoFactor) throw isOff()
}

/** Six digits as an app shows them, also in two groups; null for a backup code. */
function digitsOf(code: string): string | null {
  const digits = code.replaceAll(' ', '')
  return /^\d{6}$/.test(digits) ? digits : null
}

/** Before the code is looked at: of two requests that bring the same one, one goes on. */
async function claim(app: PeopleApp, email: string, code: string): Promise<void> {
  const identifier = createHash('sha256').update(`totp ${email} ${code}`).digest('hex')
  if (!(await claimCode(app.database.db, newId(), identifier))) throw wrongCode()
}

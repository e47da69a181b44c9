import { createHmac } from 'node:crypto'
import type { Browser } from 'playwright-core'
import { openWorkspace, type Workspace } from '../../server/test/workspace.ts'
import { PASSWORD } from './browser.ts'

/** Makes an invitation; answers the token of its link. */
export async function invite(by: Workspace, email: string, role: string): Promise<string> {
  const { url } = await by.insist('POST', '/workspace/invitations', { email, role })
  return new URL(url).searchParams.get('invitation') as string
}

/** A new person in the workspace of `by`, signed in in a window of their own. */
export async function join(browser: Browser, base: string, by: Workspace, name: string, role: string) {
  const email = `${name.toLowerCase()}-${Date.now()}@example.com`
  const context = await browser.newContext({ baseURL: base })
  const data = { email, name, password: PASSWORD, invitation: await invite(by, email, role) }
  const answer = await context.request.post('/auth/sign-up', { data })
  if (!answer.ok()) throw new Error(`sign-up was answered ${answer.status()}: ${await answer.text()}`)
  return { context, email, workspace: openWorkspace(base, (await answer.json()).accessToken) }
}

/** RFC 6238 with SHA-1, six digits and 30 s, as authenticator apps do; `step`: so many steps from now. */
export function codeOf(secret: string, step = 0): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = [...secret.replace(/=+$/, '')].map(each => alphabet.indexOf(each).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map(each => Number.parseInt(each, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + step))
  const digest = createHmac('sha1', key).update(counter).digest()
  const at = (digest.at(-1) as number) & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface SystemUser {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** PostgreSQL refuses to run as root, and needs a uid that /etc/passwd knows: `nobody` is on every system. */
export async function findNobody(): Promise<SystemUser> {
  const users = await readUsers()
  const nobody = users.find(({ name }) => name === 'nobody')
  if (!nobody)
    throw new Error(
      'PostgreSQL does not run as root, and there is no user "nobody": start as another user, or set DATABASE_URL.'
    )
  return nobody
}

export async function findUser(uid: number, gid: number): Promise<SystemUser> {
  const users = await readUsers()
  return users.find(user => user.uid === uid) ?? { name: String(uid), uid, gid }
}

/** The first part of `path` that this user may not pass or run, or undefined. No user: ourselves, who may. */
export async function findBar(path: string, user: SystemUser | undefined): Promise<string | undefined> {
  if (!user) return undefined
  const bar = path === dirname(path) ? undefined : await findBar(dirname(path), user)
  return bar ?? ((await mayPass(path, user)) ? undefined : path)
}

async function mayPass(path: string, user: SystemUser): Promise<boolean> {
  const { mode, uid, gid } = await stat(path)
  const shift = uid === user.uid ? 6 : gid === user.gid ? 3 : 0
  return ((mode >> shift) & 1) === 1
}

async function readUsers(): Promise<SystemUser[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter(line => !line.startsWith('#'))
    .map(line => line.split(':'))
    .map(([name = '', , uid, gid]) => ({ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }))
}

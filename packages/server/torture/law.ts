import type { UploadStatus } from '@upload24/contract'
import type pg from 'pg'
import { readId } from '../src/lib/ids.ts'
import type { SandboxPost, Workspace } from '../test/workspace.ts'
import type { Outcome } from './history.ts'

/** A post of the sandbox, with what was done to it afterwards. */
export interface Post extends SandboxPost {
  readonly createdAt: string
  readonly metadata: {
    readonly comments?: readonly unknown[]
    readonly captions?: readonly unknown[]
    readonly playlists?: readonly unknown[]
    readonly thumbnail?: unknown
    /** Another tool's. */
    readonly isForeign?: boolean
  }
}

/**
 * The end that a history must have. `uploaded`: the system can bring it about. `unknown`: nobody can tell, so the system says so, and
 * a person does. `refused`: the platform took the file and then refused it.
 */
export type End = 'uploaded' | 'unknown' | 'refused'

export interface Sent {
  readonly sha256: string
  /** As it ended by itself. */
  readonly ended: UploadStatus
  /** As it stands now that a person has told what nobody else could. */
  readonly status: UploadStatus
  /** Seconds from the making of its post until the delivery said so. */
  readonly seenAfter: number | undefined
}

/** What is left of a history when all is over: what the system says, and what the platform has. Titles tell its uploads apart. */
export interface Remains {
  readonly sent: readonly Sent[]
  /** What every upload asked for. */
  readonly options: Readonly<Record<string, unknown>>
  readonly end: End
  /** All of the workspace. */
  readonly posts: readonly Post[]
  readonly ledger: Ledger
  /** How often the owner signed in again, and how often somebody had to. */
  readonly relinks: number
  readonly mayRelink: number
  readonly resent: Resent
}

/** Bytes of files that went to the platform beyond one copy, and how many may have. */
export interface Resent {
  readonly bytes: number
  readonly most: number
  /** Deaths and lies, which share them. */
  readonly causes: number
}

/** What the workspace counts. */
export interface Ledger {
  readonly uploads: number
  readonly used: number
  readonly reserved: number
}

export async function readLedger({ insist }: Pick<Workspace, 'insist'>): Promise<Ledger> {
  const { items } = await insist('GET', '/uploads')
  const { used, reserved } = await insist('GET', '/quota')
  return { uploads: items.length, used, reserved }
}

/** Seconds from the making of the post until the delivery said so. Undefined: it does not, or there is none. */
export async function readSeenAfter(
  pool: pg.Pool,
  { uploadId, title, accounts }: UploadStatus,
  posts: readonly Post[]
): Promise<number | undefined> {
  const post = posts.find(each => each.title === title && !isRefused(each))
  if (!post || accounts[0]?.status !== 'Uploaded') return undefined
  const { rows } = await pool.query('select ended_at from deliveries where upload_id = $1 and parent_id is null', [
    readId('upload', uploadId)
  ])
  return Math.max(0, (new Date(rows[0].ended_at).getTime() - Date.parse(post.createdAt)) / 1000)
}

/** The one law of the suite: whatever died or lied, it is held against the same. */
export function judgeRemains(remains: Remains): Outcome {
  const { sent, options, end, posts, ledger, relinks, mayRelink, resent } = remains
  const judged = sent.map(one => {
    const own = posts.filter(({ title }) => title === one.status.title)
    return judgeUpload(one, own, options, end)
  })
  const sum = (of: (outcome: Judged) => number) => judged.reduce((total, each) => total + of(each), 0)
  const titles = sent.map(({ status }) => status.title)
  const strange = posts.filter(({ title, metadata }) => !titles.includes(title) && metadata.isForeign !== true).length
  const uploaded = sent.filter(({ status }) => status.accounts[0]?.status === 'Uploaded').length
  const violations = judged.flatMap(each => each.violations)
  if (strange > 0) violations.push(`${strange} posts of nobody`)
  if (ledger.uploads !== sent.length) violations.push(`${ledger.uploads} uploads were made of ${sent.length}`)
  if (ledger.used !== uploaded || ledger.reserved !== 0)
    violations.push(`${uploaded} uploaded, and the quota says ${ledger.used} used, ${ledger.reserved} reserved`)
  if (relinks > mayRelink) violations.push(`the owner had to sign in ${relinks} times, and ${mayRelink} were needed`)
  if (resent.bytes > resent.most) violations.push(`${resent.bytes} bytes were sent again, more than ${resent.most}`)
  const late = sent.flatMap(({ seenAfter }) => seenAfter ?? [])
  return {
    posts: end === 'refused' ? 0 : sent.length,
    duplicates: sum(each => each.duplicates) + strange,
    lost: sum(each => each.lost),
    stuck: sum(each => each.stuck),
    unknown: sum(each => each.unknown),
    violations,
    ...(resent.causes === 0 ? {} : { resent: resent.bytes / resent.causes }),
    ...(late.length === 0 ? {} : { seenAfter: Math.max(...late) })
  }
}

type Judged = Pick<Outcome, 'duplicates' | 'lost' | 'stuck' | 'unknown' | 'violations'>

function judgeUpload(
  { sha256, ended, status }: Sent,
  all: readonly Post[],
  options: Remains['options'],
  end: End
): Judged {
  const posts = all.filter(post => !isRefused(post))
  const [target] = status.accounts
  const parts = partsOf(status)
  const violations: string[] = []
  const losses: string[] = []

  const stuck = parts.filter(part => !isOver(part)).length
  if (stuck > 0) violations.push(`not over: ${parts.map(part => part.status).join(', ')}`)
  else if (status.status !== target?.status)
    losses.push(`the delivery is ${target?.status} and the upload ${status.status}`)
  const unknown = partsOf(ended).filter(({ errorCode }) => errorCode === 'outcome_unknown').length
  if (unknown > 0 && end !== 'unknown') violations.push('its outcome was unknown, though the platform can be asked')
  if (unknown === 0 && end === 'unknown') violations.push('its outcome was told, and nobody can know it')

  if (posts.some(post => post.sha256 !== sha256)) losses.push('the post has other bytes')
  if (target?.status === 'Uploaded') {
    if (posts.length === 0) losses.push('it says "uploaded" and there is no post')
    if (end === 'refused') losses.push('it says "uploaded", and the platform refused it')
  }
  if (target?.status === 'Failed') {
    if (!target.errorCode) losses.push('it failed without a reason')
    if (posts.length > 0) losses.push(`it says "failed" (${target.errorCode}) and there is a post`)
    else if (end !== 'refused') losses.push(`it failed: ${target.errorCode}`)
  }
  for (const each of target?.followUps ?? [])
    if (each.status === 'Failed') losses.push(`${each.name} failed: ${each.errorCode}`)

  let extra = 0
  for (const [name, wanted] of Object.entries(wantedOf(options)))
    for (const post of posts) {
      const found = foundAt(post, name as Mark)
      extra += Math.max(0, found - wanted)
      if (found < wanted && target?.status === 'Uploaded')
        losses.push(`the post has ${found} ${name}, and ${wanted} were asked for`)
    }
  const duplicates = Math.max(0, posts.length - 1) + extra
  if (duplicates > 0) violations.push(`${posts.length} posts, ${extra} comments, captions or entries too many`)
  return { duplicates, lost: losses.length, stuck, unknown, violations: [...violations, ...losses] }
}

/** What follow-ups leave at a post. */
type Mark = 'comments' | 'captions' | 'playlists' | 'thumbnail'

const wantedOf = (options: Remains['options']): Record<Mark, number> => ({
  comments: options.firstComment === undefined ? 0 : 1,
  captions: Array.isArray(options.captions) ? options.captions.length : 0,
  playlists: options.playlistId === undefined ? 0 : 1,
  thumbnail: options.thumbnail === undefined ? 0 : 1
})

const foundAt = ({ metadata }: Post, mark: Mark): number =>
  mark === 'thumbnail' ? Number(Boolean(metadata.thumbnail)) : (metadata[mark]?.length ?? 0)

/** The delivery and its follow-ups. */
const partsOf = ({ accounts }: UploadStatus) => accounts.flatMap(account => [account, ...account.followUps])

export const isOver = ({ status }: { readonly status: string }): boolean =>
  status !== 'Scheduled' && status !== 'Processing'

/** YouTube keeps what it could not use, and shows it to the owner alone. */
const isRefused = ({ state }: Post): boolean => state === 'failed' || state === 'rejected'

import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readdir, realpath, rm } from 'node:fs/promises'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeDataDir } from './data-dir.ts'

export interface Holder {
  readonly pid: number
  readonly url: string
}

export class DataDirTaken extends Error {
  readonly holder: Holder

  constructor(dataDir: string, holder: Holder) {
    super(
      `Upload24 already runs on ${dataDir} (process ${holder.pid}, ${holder.url}): stop it first, or set DATA_DIR to another folder.`
    )
    this.name = 'DataDirTaken'
    this.holder = holder
  }
}

interface Answer extends Holder {
  readonly isHeld: boolean
}

const SOCKET_PATH_BYTES = 103
const ANSWER_MILLISECONDS = 2000

/**
 * Makes this process the only one on DATA_DIR until it ends, however it ends: the lock is a listening socket, which the
 * system closes with the process. Throws `DataDirTaken`.
 *
 * Announce, then look: whoever comes second sees the first. Two that see each other at once both step back and try again.
 */
export async function lockDataDir(dataDir: string, about: { url: string }): Promise<{ release(): Promise<void> }> {
  await makeDataDir(dataDir)
  const folder = await socketFolder(dataDir)
  for (;;) {
    const name = `${process.pid}-${randomBytes(3).toString('hex')}.sock`
    const answer = { pid: process.pid, url: about.url, isHeld: false }
    const server = await listen(join(folder, name), () => answer)
    const others = await findOthers(folder, name)
    if (others.length === 0) {
      answer.isHeld = true
      return { release: () => close(server) }
    }
    await close(server)
    const holder = others.find(({ isHeld }) => isHeld)
    if (holder) throw new DataDirTaken(dataDir, holder)
    await sleep(Math.random() * 50)
  }
}

async function listen(path: string, answer: () => Answer): Promise<Server> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.end(JSON.stringify(answer()))
  })
  server.listen(path)
  await once(server, 'listening')
  return server
}

async function close(server: Server): Promise<void> {
  await new Promise(done => server.close(done))
}

async function findOthers(folder: string, own: string): Promise<Answer[]> {
  const names = (await readdir(folder)).filter(name => name.endsWith('.sock') && name !== own)
  const answers = await Promise.all(names.map(name => ask(join(folder, name))))
  return answers.filter(answer => answer !== undefined)
}

/** What the process behind a socket says; a socket without one is left over from a kill, and removed. */
async function ask(path: string): Promise<Answer | undefined> {
  const socket = connect(path)
  socket.setTimeout(ANSWER_MILLISECONDS, () => socket.destroy(new Error('no answer')))
  try {
    return JSON.parse(await text(socket)) as Answer
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    // It took the connection and is too busy to answer: alive.
    if (code !== 'ECONNREFUSED') return { pid: Number.parseInt(basename(path), 10), url: 'busy', isHeld: true }
    await rm(path, { force: true })
    return undefined
  }
}

/** DATA_DIR/running, or a closed folder under the system's tmp where that path is too long for a socket. */
async function socketFolder(dataDir: string): Promise<string> {
  const inside = join(await realpath(dataDir), 'running')
  const isShort = Buffer.byteLength(join(inside, '1234567-abcdef.sock')) <= SOCKET_PATH_BYTES
  const hash = createHash('sha256').update(inside).digest('hex').slice(0, 16)
  const folder = isShort ? inside : join(tmpdir(), `upload24-${hash}`)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  return folder
}

import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { type BodyAbout, hearErrors, type Written, writeBody } from './body.ts'
import { AlreadyFrozen, asStorageError, codeOf, Missing } from './errors.ts'
import { exists, type Folders, moveFolder, openFolders, removeFolder, sweepIncoming, syncFolders } from './folders.ts'
import { freezeParts, freezeWhole, listParts } from './freeze.ts'
import { listKeys } from './list-keys.ts'
import { frozenOf, readManifest, writeManifest } from './manifest.ts'
import { readObject } from './read-object.ts'
import { type Grant, readAddress, signAddress } from './signature.ts'
import { etagOf, makeTrailer, readStagedPart, SINGLE, TRAILER_BYTES, WHOLE } from './staged-part.ts'
import type { Part, Signed, Storage } from './storage.ts'

export interface DiskAbout {
  /** The folder of the store; made when absent. */
  readonly folder: string
  /** Where clients reach the server: signed addresses begin with it. */
  readonly publicUrl: string
  /** For this store alone, so that nothing signed elsewhere with the instance's secret is ever a signature here. */
  readonly signingKey: Buffer
}

/** The local store, and what `serve.ts` needs to serve its signed addresses. */
export interface DiskStorage extends Storage {
  /** Throws StorageFull, TooLong, TooShort, AlreadyFrozen or Missing; nothing is left behind then. */
  receive(key: string, id: string, part: number, body: Readable, bytes: number): Promise<Part>
  readAddress(method: 'PUT' | 'GET', key: string, query: string): ReturnType<typeof readAddress>
  /** Removes what killed processes were writing `seconds` ago and longer; also done once when the store opens. */
  sweep(seconds: number): Promise<number>
}

/** What a process still writes is younger. */
export const STALE_SECONDS = 3600

export async function openDisk({ folder, publicUrl, signingKey }: DiskAbout): Promise<DiskStorage> {
  const folders = await openFolders(folder)
  await sweepIncoming(folders, STALE_SECONDS)
  const base = publicUrl.replace(/\/+$/, '')
  const inTurn = makeTurns()

  const sign = (grant: Grant, seconds: number, headers: Record<string, string> = {}): Signed => {
    const expiresAt = new Date(Math.floor(Date.now() / 1000 + seconds) * 1000)
    return { url: base + signAddress(signingKey, grant, expiresAt), method: grant.method, headers, expiresAt }
  }
  const openUpload = async (key: string, id: string) => {
    await mkdir(folders.staged(key, id), { recursive: true })
    if (!(await exists(folders.frozen(key)))) return
    await removeFolder(folders, folders.staged(key))
    throw new AlreadyFrozen(key)
  }
  const expectOpen = async (key: string, id: string) => {
    if (!(await exists(folders.staged(key, id)))) throw await closed(folders, key)
  }

  return {
    readAddress: (method, key, query) => readAddress(signingKey, method, key, query, new Date()),
    sweep: seconds => sweepIncoming(folders, seconds),
    read: (object, start, end, about) => readObject(folders, object, start, end, about),
    list: () => listKeys(folders),

    async put(key, body, about) {
      hearErrors(body)
      const target = folders.frozen(key)
      const draft = folders.incoming()
      await mkdir(draft)
      try {
        const written = await writePart(join(draft, '1'), body, about)
        // No client compares it with its own bytes, so it need not come from them.
        const etag = `"${written.sha256?.slice(0, 32) ?? randomUUID().replaceAll('-', '')}"`
        const manifest = { id: SINGLE, etag, parts: [{ part: 1, bytes: written.bytes, etag }] }
        await writeManifest(draft, manifest)
        await syncFolders([draft])
        await folders.prepare(target)
        if (!(await moveFolder(draft, target))) throw new AlreadyFrozen(key)
        await syncFolders([dirname(target)])
        return { ...frozenOf(key, manifest), ...(written.sha256 && { sha256: written.sha256 }) }
      } catch (error) {
        await rm(draft, { recursive: true, force: true })
        throw asStorageError(error)
      }
    },

    async receive(key, id, part, body, bytes) {
      hearErrors(body)
      const folder = folders.staged(key, id)
      await expectOpen(key, id)
      await folders.prepare(folders.staged(key))
      const draft = folders.incoming()
      try {
        const { crc } = await writePart(draft, body, { maxBytes: bytes, exact: true, checksum: true, disposable: true })
        await rename(draft, join(folder, String(part)))
        // Frozen or removed meanwhile: the names moved on, and with them what this PUT has added, whole.
        const changed = new Set([folder, folders.staged(key), dirname(folders.staged(key))])
        await syncFolders([...changed]).catch(ignoreAbsence)
        return { part, bytes, etag: etagOf(bytes, crc) }
      } catch (error) {
        await rm(draft, { force: true })
        throw codeOf(error) === 'ENOENT' ? await closed(folders, key) : asStorageError(error)
      }
    },

    remove: key =>
      inTurn(key, async () => {
        await removeFolder(folders, folders.staged(key))
        await removeFolder(folders, folders.frozen(key))
      }),

    async signGet(object, seconds, contentType) {
      const params = { etag: object.etag, bytes: String(object.bytes), ...(contentType && { type: contentType }) }
      return sign({ method: 'GET', key: object.key, params }, seconds)
    },

    single: {
      async sign(key, { contentType, bytes }, seconds) {
        await openUpload(key, SINGLE)
        const params = { type: contentType, bytes: String(bytes) }
        return sign({ method: 'PUT', key, params }, seconds, { 'Content-Type': contentType })
      },
      async head(key) {
        const staged = await readStagedPart(folders.staged(key, SINGLE), WHOLE)
        if (staged) return { bytes: staged.bytes, etag: staged.etag }
        const manifest = await readManifest(folders.frozen(key))
        return manifest && { bytes: frozenOf(key, manifest).bytes, etag: manifest.etag }
      },
      freeze: key => inTurn(key, () => freezeWhole(folders, key))
    },

    parts: {
      async begin(key) {
        const id = randomUUID()
        await openUpload(key, id)
        return id
      },
      async sign(key, id, part, bytes, seconds) {
        const params = { upload: id, part: String(part), bytes: String(bytes) }
        return sign({ method: 'PUT', key, params }, seconds)
      },
      list: (key, id) => inTurn(key, () => listParts(folders, key, id)),
      finish: (key, id, parts) => inTurn(key, () => freezeParts(folders, key, id, parts)),
      abort: (key, id) => inTurn(key, () => removeFolder(folders, folders.staged(key, id)))
    }
  }
}

async function writePart(path: string, body: Readable, about: BodyAbout): Promise<Written> {
  const file = await open(path, 'wx')
  try {
    const written = await writeBody(body, file, about)
    await file.write(makeTrailer(written.bytes, written.crc), 0, TRAILER_BYTES, written.bytes)
    await file.datasync()
    return written
  } finally {
    await file.close()
  }
}

const closed = async (folders: Folders, key: string) =>
  (await exists(folders.frozen(key))) ? new AlreadyFrozen(key) : new Missing('no such upload')

function ignoreAbsence(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error
}

/** Runs the calls for one key one after another. */
function makeTurns() {
  const last = new Map<string, Promise<unknown>>()
  return <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const mine = (last.get(key) ?? Promise.resolve()).then(work, work)
    const settled = mine.then(forget, forget)
    function forget() {
      if (last.get(key) === settled) last.delete(key)
    }
    last.set(key, settled)
    return mine
  }
}

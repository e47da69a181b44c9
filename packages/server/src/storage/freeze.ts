import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { BadParts, Missing, type PartFault } from './errors.ts'
import { exists, type Folders, moveFolder, removeFolder, syncFolders } from './folders.ts'
import { frozenOf, type Manifest, readManifest, writeManifest } from './manifest.ts'
import { bareEtag, etagOfParts, listStagedParts } from './staged-part.ts'
import type { Frozen, Part } from './storage.ts'

/** What the client says it sent. Absent where there is one part whose ETag nobody was asked for. */
export type Wanted = readonly { readonly part: number; readonly etag: string }[] | undefined

/**
 * Freezes one upload of a key. The folder moves first, to where no address writes; only then is it checked, so that no
 * PUT slips in between. Cut off at any step, a repetition goes on from there and returns the same object. Calls for
 * one key must not overlap.
 */
export async function freezeUpload(folders: Folders, key: string, id: string, wanted: Wanted): Promise<Frozen> {
  const staged = folders.staged(key, id)
  const frozen = folders.frozen(key)
  const manifest = await readManifest(frozen)
  if (manifest) return answerAgain(key, id, manifest, wanted)

  if (!(await exists(frozen))) {
    // A look before the move: an early or mistaken call must not cut off a PUT that is under way.
    choose(await listStagedParts(staged), wanted)
    if (!(await moveFolder(staged, frozen))) throw new Missing('no such upload')
  }
  try {
    return await seal(folders, key, id, wanted)
  } catch (error) {
    // A PUT replaced a part in the last moment: hand everything back, so that the client can correct its list.
    if (error instanceof BadParts) await moveFolder(frozen, staged)
    throw error
  }
}

async function seal(folders: Folders, key: string, id: string, wanted: Wanted): Promise<Frozen> {
  const folder = folders.frozen(key)
  const parts = choose(await listStagedParts(folder), wanted)
  const etag = wanted === undefined && parts[0] ? parts[0].etag : etagOfParts(parts)
  const manifest = { id, etag, parts }
  await writeManifest(folder, manifest)
  await syncFolders(folder, folders.root)
  await removeFolder(folders, folders.staged(key))
  const kept = new Set(['object.json', ...parts.map(({ part }) => String(part))])
  const rest = (await readdir(folder)).filter(name => !kept.has(name))
  await Promise.all(rest.map(name => rm(join(folder, name), { force: true })))
  return frozenOf(key, manifest)
}

function answerAgain(key: string, id: string, manifest: Manifest, wanted: Wanted): Frozen {
  if (manifest.id !== id) throw new Missing('the key was frozen by another upload')
  choose([...manifest.parts], wanted)
  return frozenOf(key, manifest)
}

/** The parts that were asked for, or BadParts with every fault. */
function choose(arrived: Part[], wanted: Wanted): Part[] {
  if (wanted === undefined) {
    if (arrived.length === 0) throw new Missing('no PUT has finished')
    return arrived
  }
  const byNumber = new Map(arrived.map(part => [part.part, part]))
  const faults: PartFault[] = []
  const chosen: Part[] = []
  let last = 0
  for (const { part, etag } of wanted) {
    const found = byNumber.get(part)
    if (part <= last) faults.push({ part, reason: 'order' })
    else if (!found) faults.push({ part, reason: 'missing' })
    else if (bareEtag(found.etag) !== bareEtag(etag)) faults.push({ part, reason: 'etag' })
    else chosen.push(found)
    last = Math.max(last, part)
  }
  if (faults.length > 0 || wanted.length === 0) throw new BadParts(faults)
  return chosen
}

import { rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BadParts, ignoreMissing, Missing, type PartFault } from './errors.ts'
import { exists, type Folders, moveFolder, removeFolder, syncFolders } from './folders.ts'
import { frozenOf, type Manifest, readManifest, writeManifest } from './manifest.ts'
import { bareEtag, etagOfParts, listStagedParts, SINGLE, WHOLE } from './staged-part.ts'
import type { Frozen, Part } from './storage.ts'

/** What the client says it sent. */
export type PartList = readonly { readonly part: number; readonly etag: string }[]

/*
 * The folder of an upload moves first, to where no address writes; only then is it checked, so that no PUT slips in
 * between. Cut off at any step, a repetition goes on from there and returns the same object. Calls for one key must not
 * overlap.
 */

/** One PUT has no list to compare with: the move alone freezes it, and the trailer of its part says the rest. */
export async function freezeWhole(folders: Folders, key: string): Promise<Frozen> {
  const staged = folders.staged(key, SINGLE)
  const frozen = folders.frozen(key)
  await folders.prepare(frozen)
  // A look before the move: an early call must not cut off a PUT that is under way.
  if (await exists(join(staged, String(WHOLE)))) await moveFolder(staged, frozen)
  const manifest = await readManifest(frozen)
  if (!manifest) throw new Missing('no PUT has finished')
  if (manifest.id !== SINGLE) throw new Missing('the key was frozen by another upload')
  // When repeated too: the process that moved it may have died before the move was on the disk.
  await syncFolders([frozen, dirname(frozen)])
  return frozenOf(key, manifest)
}

export async function freezeParts(folders: Folders, key: string, id: string, wanted: PartList): Promise<Frozen> {
  const staged = folders.staged(key, id)
  const frozen = folders.frozen(key)
  const manifest = await readManifest(frozen)
  if (manifest) {
    const again = answerAgain(key, id, manifest, wanted)
    await syncFolders([frozen, dirname(frozen)])
    return again
  }

  if (!(await exists(frozen))) {
    // A look before the move: an early or mistaken call must not cut off a PUT that is under way.
    choose(await listStagedParts(staged), wanted)
    await folders.prepare(frozen)
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

/** The parts of an upload: staged, frozen, or left between the two by a process that died there. */
export async function listParts(folders: Folders, key: string, id: string): Promise<Part[]> {
  const staged = await listStagedParts(folders.staged(key, id)).catch(ignoreMissing)
  if (staged) return staged
  const manifest = await readManifest(folders.frozen(key))
  if (!manifest) return listStagedParts(folders.frozen(key))
  if (manifest.id !== id) throw new Missing('the key was frozen by another upload')
  return [...manifest.parts]
}

async function seal(folders: Folders, key: string, id: string, wanted: PartList): Promise<Frozen> {
  const folder = folders.frozen(key)
  const arrived = await listStagedParts(folder)
  const parts = choose(arrived, wanted)
  const manifest = { id, etag: etagOfParts(parts), parts }
  await writeManifest(folder, manifest)
  await syncFolders([folder, dirname(folder)])
  // As a rule nothing is left of the key there but an empty folder.
  const left = folders.staged(key)
  await rmdir(left).catch(() => removeFolder(folders, left))
  const kept = new Set(parts.map(({ part }) => part))
  const rest = arrived.filter(({ part }) => !kept.has(part))
  await Promise.all(rest.map(({ part }) => rm(join(folder, String(part)), { force: true })))
  return frozenOf(key, manifest)
}

function answerAgain(key: string, id: string, manifest: Manifest, wanted: PartList): Frozen {
  if (manifest.id !== id) throw new Missing('the key was frozen by another upload')
  choose([...manifest.parts], wanted)
  return frozenOf(key, manifest)
}

/** The parts that were asked for, or BadParts with every fault. */
function choose(arrived: Part[], wanted: PartList): Part[] {
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

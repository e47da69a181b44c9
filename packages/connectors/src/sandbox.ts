import { createInstagram } from './instagram/fake/index.ts'
import type { Sandbox, SandboxDeps } from './sandbox/sandbox.ts'
import { createTiktok } from './tiktok/fake/index.ts'
import { createYoutube } from './youtube/fake/index.ts'

/** Every platform to practise on, by its id. */
export const sandboxes: Readonly<Record<string, (deps: SandboxDeps) => Sandbox>> = {
  instagram: createInstagram,
  tiktok: createTiktok,
  youtube: createYoutube
}

export { openFiles } from './sandbox/files.ts'
export { memoryShelf } from './sandbox/memory.ts'
export type * from './sandbox/sandbox.ts'

import type { Shelf } from './sandbox.ts'

/** The shelf with the shapes of one platform: `Docs` names its kinds of documents. */
export interface Documents<Docs> {
  get<K extends keyof Docs>(kind: K, id: string): Promise<Docs[K] | null>
  put<K extends keyof Docs>(kind: K, id: string, doc: Docs[K], project: string): Promise<void>
  /** Atomic. `change` is pure, may run twice, and null means "as it is". */
  update<K extends keyof Docs>(
    kind: K,
    id: string,
    project: string,
    change: (doc: Docs[K] | null) => Docs[K] | null
  ): Promise<Docs[K] | null>
  /** The oldest first. */
  list<K extends keyof Docs>(
    kind: K,
    project: string
  ): Promise<readonly { readonly id: string; readonly doc: Docs[K] }[]>
  remove(kind: keyof Docs, id: string): Promise<void>
}

export function openDocuments<Docs>(platform: string, shelf: Shelf): Documents<Docs> {
  const name = (kind: keyof Docs): string => `${platform}.${String(kind)}`
  return {
    get: async (kind, id) => (await shelf.get(name(kind), id)) as never,
    put: (kind, id, doc, project) => shelf.put(name(kind), id, doc, { project }),
    update: async (kind, id, project, change) =>
      (await shelf.update(name(kind), id, doc => change(doc as never), { project })) as never,
    list: async (kind, project) => (await shelf.list(name(kind), project)) as never,
    remove: (kind, id) => shelf.remove(name(kind), id)
  }
}

import type { Shelf } from './sandbox.ts'

/** A shelf that forgets everything at the end of the process. Documents are copied, as a database would. */
export function memoryShelf(): Shelf {
  const docs = new Map<string, { project: string; kind: string; id: string; json: string }>()
  const key = (kind: string, id: string): string => `${kind}\n${id}`
  const read = (kind: string, id: string): unknown => {
    const found = docs.get(key(kind, id))
    return found ? JSON.parse(found.json) : null
  }
  const write = (kind: string, id: string, doc: unknown, project: string): void => {
    docs.set(key(kind, id), { project, kind, id, json: JSON.stringify(doc) })
  }
  return {
    get: async (kind, id) => read(kind, id),
    put: async (kind, id, doc, { project }) => write(kind, id, doc, project),
    async update(kind, id, change, { project }) {
      const old = read(kind, id)
      const doc = change(old)
      if (doc === null) return old
      write(kind, id, doc, project)
      return doc
    },
    list: async (kind, project) =>
      [...docs.values()]
        .filter(d => d.kind === kind && d.project === project)
        .map(d => ({ id: d.id, doc: JSON.parse(d.json) })),
    async remove(kind, id) {
      docs.delete(key(kind, id))
    }
  }
}

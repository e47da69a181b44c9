export type Wishes = Readonly<Record<string, unknown>>

/** RFC 7396: what is absent stays, null takes away, objects are merged member by member, all else is replaced. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged = new Map(Object.entries(isObject(target) ? target : {}))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name)
    else merged.set(name, mergePatch(merged.get(name), value))
  }
  return Object.fromEntries(merged)
}

export const isObject = (value: unknown): value is Wishes =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

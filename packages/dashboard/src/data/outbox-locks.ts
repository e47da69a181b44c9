interface Facts {
  readonly name: string
  readonly size: number
  readonly lastModified: number
}

export const lockOf = (tenantId: string, { name, size, lastModified }: Facts): string =>
  `upload24.outbox.${tenantId}.${size}.${lastModified}.${name}`

/** Tells the other tabs that this file is on its way from here. Ends with the returned function, or with the tab. */
export function holdFile(tenantId: string, file: Facts): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  // Only on secure origins. Elsewhere a second tab may offer to continue what the first one sends: that makes no second upload.
  navigator.locks?.request(lockOf(tenantId, file), { mode: 'shared' }, () => promise)
  return resolve
}

/** The names of the files that are on their way from any tab. */
export async function filesInOtherTabs(): Promise<ReadonlySet<string>> {
  const state = await navigator.locks?.query()
  return new Set(state?.held?.flatMap(({ name }) => name ?? []))
}

import { registerHooks } from 'node:module'
import { type Replacement, SAFEGUARDS } from './safeguards.ts'

/** Lines of source, and what stands there without that safeguard. */
export const without = (name: string | null | undefined): readonly Replacement[] =>
  SAFEGUARDS.find(each => each.name === name)?.replacements ?? []

/** Replaces them in files that are loaded from now on. Loading throws where a line is not there exactly once. */
export function replaceLines(replacements: readonly Replacement[]): void {
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context)
      const here = replacements.filter(({ file }) => url.endsWith(file))
      if (here.length === 0) return loaded
      let source = String(loaded.source)
      for (const { file, from, to } of here) {
        if (source.split(from).length !== 2) throw new Error(`${file} has not exactly one "${from}"`)
        source = source.replace(from, () => to)
      }
      return { ...loaded, source }
    }
  })
}

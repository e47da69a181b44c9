import type { FastifyInstance } from 'fastify'

/** The methods that each address takes. Called before the first route is registered. */
export function collectMethods(http: FastifyInstance): (path: string) => string[] {
  const fixed = new Map<string, Set<string>>()
  const patterns = new Map<string, { readonly pattern: RegExp; readonly methods: Set<string> }>()
  http.addHook('onRoute', ({ url, method }) => {
    const known = fixed.get(url) ?? patterns.get(url)?.methods ?? new Set<string>()
    for (const each of [method].flat()) known.add(each)
    if (/[:*]/.test(url)) patterns.set(url, { pattern: toPattern(url), methods: known })
    else fixed.set(url, known)
  })
  return path => {
    const found = fixed.get(path) ?? [...patterns.values()].find(({ pattern }) => pattern.test(path))?.methods
    return [...(found ?? [])].sort()
  }
}

const toPattern = (url: string) =>
  new RegExp(
    `^${url
      .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
      .replace(/:\w+/g, '[^/]+')
      .replaceAll('*', '.*')}$`
  )

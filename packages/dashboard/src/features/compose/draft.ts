import type { UploadDescription } from '@upload24/sdk'
import { useCallback, useState } from 'react'
import { type Draft, draftOf, type SetDraft } from '../../description/draft.ts'
import { useSignedIn } from '../../session/session.ts'

const keyOf = (tenantId: string) => `upload24.draft.${tenantId}`

const EMPTY: Draft = { title: '', description: '', accounts: null, options: {}, own: {}, at: null }

/** Survives a reload. What it was sent to is the next one's beginning. */
export function useDraft(at: string | undefined) {
  const { tenant } = useSignedIn()
  const key = keyOf(tenant.id)
  const [draft, setDraft] = useState<Draft>(() => {
    const kept = read(key)
    return at === undefined ? kept : { ...kept, at }
  })
  const keep = useCallback(
    (change: (draft: Draft) => Draft) =>
      setDraft(before => {
        const next = change(before)
        write(key, next)
        return next
      }),
    [key]
  )
  const set: SetDraft = useCallback(
    change => keep(before => ({ ...before, ...(typeof change === 'function' ? change(before) : change) })),
    [keep]
  )
  /** After sending: the same accounts, and what was only asked for because it is required; a choice of who sees it is made anew. */
  const startAnew = useCallback(
    (isKept: (platform: string, option: string) => boolean) =>
      keep(({ accounts, options }) => ({ ...EMPTY, accounts, options: pick(options, isKept) })),
    [keep]
  )
  return { draft, set, startAnew }
}

/** What was sent becomes a draft again. */
export function restoreDraft(tenantId: string, sent: UploadDescription): void {
  write(keyOf(tenantId), draftOf(sent))
}

function pick(options: Draft['options'], isKept: (platform: string, option: string) => boolean): Draft['options'] {
  const kept = Object.entries(options).map(
    ([platform, values]) =>
      [platform, Object.fromEntries(Object.entries(values).filter(([name]) => isKept(platform, name)))] as const
  )
  return Object.fromEntries(kept.filter(([, values]) => Object.keys(values).length > 0))
}

function read(key: string): Draft {
  try {
    return { ...EMPTY, ...JSON.parse(localStorage.getItem(key) ?? '{}') }
  } catch {
    return EMPTY
  }
}

function write(key: string, draft: Draft): void {
  try {
    localStorage.setItem(key, JSON.stringify(draft))
  } catch {
    // The store is full or forbidden: the draft lives as long as the page.
  }
}

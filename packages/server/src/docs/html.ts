import { escapeHtml } from '../lib/html.ts'

/** Prose of the contract: text with `code` in it. */
export const prose = (raw: string): string => escapeHtml(raw).replace(/`([^`]+)`/g, '<code>$1</code>')

/** `List API keys` → `list-api-keys`. */
export const slugOf = (title: string): string =>
  title
    .toLowerCase()
    .replace(/&[a-z0-9#]+;/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

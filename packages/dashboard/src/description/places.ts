/** What can be missing, by the id of its place on the page. */
export const VIDEO_ID = 'compose-video'
export const TITLE_ID = 'compose-title'
export const ACCOUNTS_ID = 'compose-accounts'
export const WHEN_ID = 'compose-when'
export const rowId = (accountId: string): string => `compose-${accountId}`

/** Leads to the element, or to the first thing in it that takes the keyboard. */
export function focusPlace(id: string): void {
  const place = document.getElementById(id)
  const isField = place?.matches('button, input, textarea')
  const field = isField ? place : place?.querySelector<HTMLElement>('input:not(:disabled), textarea, button')
  field?.focus()
  place?.scrollIntoView({ block: 'center' })
}

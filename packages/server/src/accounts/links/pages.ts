import { createHash } from 'node:crypto'
import { escapeHtml } from '../../lib/html.ts'
import type { LinkView } from './continue.ts'

/** As the dashboard looks: its colours, its measures, one accent for what can be acted on. */
const STYLE = `
:root {
  color-scheme: light dark; --paper: oklch(0.985 0.004 85); --ink: oklch(0.23 0.012 70); --soft: oklch(0.46 0.014 70);
  --line: oklch(0.895 0.008 85); --act: oklch(0.46 0.165 264); --press: oklch(0.39 0.16 264); --on-act: oklch(1 0 0);
  --needs: oklch(0.5 0.115 62); --needs-well: oklch(0.965 0.028 85);
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: oklch(0.19 0.007 70); --ink: oklch(0.935 0.008 85); --soft: oklch(0.74 0.012 80);
    --line: oklch(0.31 0.01 70); --act: oklch(0.79 0.11 264); --press: oklch(0.86 0.08 264); --on-act: oklch(0.2 0.03 264);
    --needs: oklch(0.81 0.125 78); --needs-well: oklch(0.275 0.035 78);
  }
}
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 14px/20px system-ui, -apple-system, "Segoe UI", "Noto Sans", sans-serif; overflow-wrap: anywhere }
.sandbox { height: 8px; background: repeating-linear-gradient(-45deg, var(--needs) 0 5px, var(--needs-well) 5px 10px) }
main { max-width: 472px; margin: 0 auto; padding: max(48px, 16vh) 24px 48px }
.name { margin: 0 0 32px; font-weight: 600 }
.tag { margin: 0 0 8px; color: var(--needs); font-size: 13px; font-weight: 600 }
h1 { margin: 0 0 12px; font-size: 20px; line-height: 28px; font-weight: 600; letter-spacing: -0.011em; text-wrap: balance }
p { margin: 0 0 12px }
.soft { color: var(--soft); font-size: 13px }
.on { display: flex; flex-wrap: wrap; align-items: center; gap: 12px 16px; margin: 24px 0 20px }
a { color: var(--act); text-underline-offset: 3px }
.main { padding: 8px 14px; border-radius: 6px; background: var(--act); color: var(--on-act); font-weight: 600; text-decoration: none }
.main:hover { background: var(--press) }
:focus-visible { outline: 2px solid var(--act); outline-offset: 2px }`

/** Nothing but our own style, no frame around it, and no address of ours told to the platform. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store'
} as const

/** From both pages of linking, whatever stands before the server's address. */
const ACCOUNTS = '../../accounts'

/** The page between a workspace and a platform: whose workspace it is, and one way on. */
export const linkPage = ({ platform, isSandbox, workspace, person, continueUrl }: LinkView): string =>
  page(
    `Link ${platform}`,
    `${isSandbox ? '<p class="tag">Sandbox: nothing is published for real</p>\n' : ''}<h1>Link ${/^[aeiou]/i.test(platform) ? 'an' : 'a'} ${escapeHtml(platform)} account to ${escapeHtml(workspace)}</h1>
<p>The members of the workspace <strong>${escapeHtml(workspace)}</strong> will be able to publish videos on the account that you choose next. ${escapeHtml(person)} asked for this.</p>
<div class="on"><a data-continue href="${escapeHtml(continueUrl)}" class="main">Continue to ${escapeHtml(platform)}</a> <a href="${ACCOUNTS}">Back, and link nothing</a></div>
<p class="soft">If you do not know this workspace, close this page. The account can be unlinked at any time.</p>`,
    isSandbox
  )

/** News for a person, and the way back to their accounts. */
export const noticePage = (title: string, sentence: string): string =>
  page(
    title,
    `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(sentence)}</p>\n<div class="on"><a class="main" href="${ACCOUNTS}">Go to the accounts</a></div>`
  )

const page = (title: string, body: string, isSandbox = false): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)} · Upload24</title>
<style>${STYLE}</style>
</head>
<body>
${isSandbox ? '<div class="sandbox"></div>\n' : ''}<main>
<p class="name">Upload24</p>
${body}
</main>
</body>
</html>
`

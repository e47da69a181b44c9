import { createHash } from 'node:crypto'
import type { LinkView } from './continue.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --soft: #5b6370; --paper: #f6f7f9; --card: #ffffff; --line: #dfe3e8; --act: #1f5fd6; --on-act: #ffffff }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef1; --soft: #a2abb8; --paper: #111418; --card: #1a1e24; --line: #2e343d; --act: #7aa7ff; --on-act: #0b1220 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 24px; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif }
main { width: 100%; max-width: 440px; padding: 36px; background: var(--card); border: 1px solid var(--line); border-radius: 14px }
h1 { margin: 0 0 12px; font-size: 22px; line-height: 1.3; overflow-wrap: anywhere }
p { margin: 0 0 14px; overflow-wrap: anywhere }
.soft { color: var(--soft); font-size: 14px; margin: 20px 0 0 }
a { display: block; margin-top: 24px; padding: 12px 18px; border-radius: 9px; background: var(--act); color: var(--on-act); font-weight: 600; text-align: center; text-decoration: none }
a:focus-visible { outline: 3px solid var(--act); outline-offset: 3px }
.tag { display: inline-block; margin-bottom: 14px; padding: 2px 10px; border: 1px solid var(--line); border-radius: 99px; color: var(--soft); font-size: 13px }`

/** Nothing but our own style, no frame around it, and no address of ours told to the platform. */
export const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store'
} as const

/** The page between a workspace and a platform: whose workspace it is, and one way on. */
export const linkPage = ({ platform, isSandbox, workspace, person, continueUrl }: LinkView): string =>
  page(
    `Link ${platform}`,
    `${isSandbox ? '<span class="tag">Sandbox: nothing is published for real</span>\n' : ''}<h1>Link a ${text(platform)} account to ${text(workspace)}</h1>
<p>The members of the workspace <strong>${text(workspace)}</strong> will be able to publish videos on the account that you choose next. ${text(person)} asked for this.</p>
<p>If you do not know this workspace, close this page.</p>
<a data-continue href="${text(continueUrl)}">Continue to ${text(platform)}</a>
<p class="soft">The account can be unlinked at any time.</p>`
  )

/** News for a person, and nothing to do. */
export const noticePage = (title: string, sentence: string): string =>
  page(title, `<h1>${text(title)}</h1>\n<p>${text(sentence)}</p>`)

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${text(title)} · Upload24</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const text = (raw: string): string => raw.replace(/[&<>"']/g, sign => ENTITIES[sign] ?? sign)
